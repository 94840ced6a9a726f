import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import styles from "./SignIn.module.css";
import { useSignOut } from "./signing";

const MAY = { read: "may read", write: "may read and write", admin: "may do all" } as const;

/** Who looks at this, and what they may do. */
export function SignedIn() {
  const { data } = useQuery(queries.session());
  const signOut = useSignOut();
  if (data === undefined) return null;
  const most = (["admin", "write", "read"] as const).find((one) => data.scopes.includes(one));
  if (data.by === "local") {
    return (
      <div title="Without API keys the server answers this machine alone.">No sign-in needed</div>
    );
  }
  return (
    <div className={styles.who}>
      <span>
        <b>{data.name}</b> {most && MAY[most]}
      </span>
      {data.by === "cookie" && (
        <Button look="plain" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      )}
    </div>
  );
}
