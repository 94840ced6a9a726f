import { useMutation, useQueryClient } from "@tanstack/react-query";

type Saving<T> = {
  send: () => Promise<T>;
  /** Subjects of queries that are out of date then. */
  renews: readonly string[];
  onSaved?: () => void;
  /** How long the answer is kept, in milliseconds. */
  gcTime?: number;
};

/** A change that is sent to the server, after which what it puts out of date is asked for anew. */
export function useSaving<T>({ send, renews, onSaved, ...rest }: Saving<T>) {
  const client = useQueryClient();
  return useMutation({
    ...rest,
    mutationFn: send,
    onSuccess: () => {
      for (const subject of renews) void client.invalidateQueries({ queryKey: [subject] });
      onSaved?.();
    },
  });
}
