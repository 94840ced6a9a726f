import { Link } from "@tanstack/react-router";
import { buttonClass } from "~/design/controls";
import { Card, Page } from "~/design/surfaces";
import styles from "./UnknownCall.module.css";

/** It is renewed when the ledger gets a request of this session. */
export function UnknownCall({ id }: { id: string }) {
  return (
    <Page title="No such call">
      <Card title={`The ledger has no call with the id “${id}”.`}>
        <p>
          Check the id: it is the one that LiveKit's room or <code>inference.start_session()</code>{" "}
          gave. A call that has only just begun appears here by itself with its first request.
        </p>
        <p className={styles.act}>
          <Link to="/calls" search={{ search: id }} className={buttonClass()}>
            Search the calls for a part of it
          </Link>
        </p>
      </Card>
    </Page>
  );
}
