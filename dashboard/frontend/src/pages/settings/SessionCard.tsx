import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import { Answer, Card, Notice } from "~/design/surfaces";
import { Facts } from "~/forms/Form";
import { useSignOut } from "~/pages/signin/signing";
import { Scopes } from "./KeysCard";
import styles from "./Settings.module.css";

const BY = {
  local: "nothing: the server answers this machine alone",
  cookie: "a cookie that no script can read, for twelve hours",
  key: "a key with each request",
} as const;

/** Who looks at this. */
export function SessionCard() {
  const session = useQuery(queries.session());
  const signOut = useSignOut();
  return (
    <Card title="You">
      <Answer of={session} what="who you are">
        {(found) => (
          <div className={styles.stack}>
            {!found.keys_exist && (
              <Notice>
                There are no API keys yet, so everybody on this machine may do everything, and no
                other machine anything. With the first key everybody needs one.
              </Notice>
            )}
            <Facts
              of={[
                ["Name", found.name],
                ["May", <Scopes key="may" of={found.scopes} />],
                ["Signed in by", BY[found.by]],
              ]}
            />
            {found.by === "cookie" && (
              <Button disabled={signOut.isPending} onClick={() => signOut.mutate()}>
                Sign out
              </Button>
            )}
          </div>
        )}
      </Answer>
    </Card>
  );
}
