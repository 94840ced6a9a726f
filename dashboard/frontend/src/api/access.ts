import { useQuery } from "@tanstack/react-query";
import { queries } from "./queries";

type Scope = "read" | "write" | "admin";

/** Whether whoever is signed in may do that. The server decides; this only spares a refusal. */
export function useMay(scope: Scope): boolean {
  const { data } = useQuery(queries.session());
  return data?.scopes.includes(scope) ?? false;
}

/** Which file owns what is read-only here. */
export function useConfigPath(): string {
  const { data } = useQuery(queries.status());
  return data?.config_path ?? "the config file";
}
