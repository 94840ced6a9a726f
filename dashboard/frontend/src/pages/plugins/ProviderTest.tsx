import { useMutation } from "@tanstack/react-query";
import { api, bodyOf, ProblemError } from "~/api/client";
import { Button } from "~/design/controls";
import { Badge } from "~/design/surfaces";
import { Duration } from "~/design/values";
import styles from "./Plugins.module.css";

/** The plugin's own cheap check, with the key that calls would have. */
export function ProviderTest({ id }: { id: string }) {
  const test = useMutation({
    mutationFn: () =>
      bodyOf(
        api.POST("/v1/providers/{provider_id}/test", { params: { path: { provider_id: id } } }),
      ),
  });
  return (
    <div className={styles.test}>
      <Button aria-label={`Test ${id}`} disabled={test.isPending} onClick={() => test.mutate()}>
        {test.isPending ? "Asking…" : "Test"}
      </Button>
      <div role="status">
        {test.data && (
          <>
            <Badge tone={test.data.ok ? "good" : "bad"}>{test.data.ok ? "answers" : "fails"}</Badge>{" "}
            {test.data.latency_ms !== null && <Duration ms={test.data.latency_ms} />}{" "}
            <span className="quiet">{test.data.detail}</span>
          </>
        )}
        {test.error && <Refused error={test.error} />}
      </div>
    </div>
  );
}

function Refused({ error }: { error: Error }) {
  const message = error instanceof ProblemError ? error.message : "The test could not be made.";
  return (
    <>
      <Badge tone="bad">not tested</Badge> <span className="quiet">{message}</span>
    </>
  );
}
