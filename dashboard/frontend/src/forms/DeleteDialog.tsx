import { useQuery } from "@tanstack/react-query";
import type { Schema } from "~/api/client";
import { Button } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { Answer, Failure } from "~/design/surfaces";
import styles from "./Form.module.css";
import { useSaving } from "./useSaving";

type Props = {
  /** `project shop`. */
  what: string;
  /** The API's DELETE: without confirmation it says what would be deleted. */
  remove: (confirm: boolean) => Promise<Schema["Deletion"]>;
  /** Subjects of queries that are out of date then. */
  renews: readonly string[];
  onClose: () => void;
};

/** Asks first, with what would be affected. */
export function DeleteDialog({ what, remove, renews, onClose }: Props) {
  const asked = useQuery({
    queryKey: ["deletion", what],
    queryFn: () => remove(false),
    gcTime: 0,
    staleTime: 0,
    placeholderData: undefined,
  });
  const deleting = useSaving({
    send: () => remove(true),
    renews,
    onSaved: onClose,
  });
  return (
    <Dialog
      title={`Delete ${what}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="danger"
            disabled={!asked.data || deleting.isPending}
            onClick={() => deleting.mutate()}
          >
            Delete
          </Button>
        </>
      }
    >
      <Answer of={asked} what="what this would affect">
        {(found) => <Affected lines={found.affects} />}
      </Answer>
      {deleting.error && <Failure error={deleting.error} />}
    </Dialog>
  );
}

function Affected({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return <p>Nothing else uses it. The audit log keeps its settings.</p>;
  return (
    <div>
      <p>This is affected:</p>
      <ul className={styles.list}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
