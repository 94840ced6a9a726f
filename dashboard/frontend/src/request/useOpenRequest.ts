import { useNavigate } from "@tanstack/react-router";

/** Opens a request's details over the page; `undefined` closes them. They are in the URL. */
export function useOpenRequest(): (id: string | undefined) => void {
  const navigate = useNavigate();
  return (request) => {
    void navigate({
      to: ".",
      search: ((before: Record<string, unknown>) => ({ ...before, request })) as never,
      resetScroll: false,
      replace: request === undefined,
    });
  };
}
