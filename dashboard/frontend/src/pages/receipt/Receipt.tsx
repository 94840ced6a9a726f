import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { ProblemError } from "~/api/client";
import { queries } from "~/api/queries";
import { buttonClass } from "~/design/controls";
import { count } from "~/design/format";
import { Answer, Badge, Notice, Page } from "~/design/surfaces";
import { useZone, When } from "~/design/values";
import { useNow } from "~/live/useNow";
import { OpenedRequest } from "~/request/RequestDialog";
import { LegTable } from "./LegTable";
import { Totals } from "./Totals";
import { Turns } from "./Turns";
import { UnknownCall } from "./UnknownCall";

/** What one call consumed and cost. */
export default function Receipt() {
  const session = useParams({ strict: false, select: (params) => params.session ?? "" });
  const answer = useQuery({
    ...queries.receipt(session),
    // Another call's receipt never stands under this one's name.
    placeholderData: undefined,
  });
  const { error } = answer;
  if (error instanceof ProblemError && error.status === 404) return <UnknownCall id={session} />;
  if (answer.data) return <Known receipt={answer.data} />;
  return (
    <Page title={session}>
      <Answer of={answer} what="the receipt">
        {() => null}
      </Answer>
    </Page>
  );
}

function Known({ receipt }: { receipt: Schema["Receipt"] }) {
  const now = useNow(receipt.open_requests > 0);
  return (
    <>
      <Page
        title={receipt.session_id}
        lead={<Lead receipt={receipt} />}
        tools={
          <a
            className={buttonClass()}
            href={`/v1/sessions/${encodeURIComponent(receipt.session_id)}`}
            download={`receipt-${receipt.session_id.replace(/[^\w.-]+/g, "_")}.json`}
          >
            Export as JSON
          </a>
        }
      >
        {receipt.pruned_requests > 0 && (
          <Notice>
            {count(receipt.pruned_requests)} requests of this call are older than{" "}
            <code>cost_tracking.retention_days</code>: they are in the sums, and in no leg or turn.
          </Notice>
        )}
        <Totals receipt={receipt} now={now} />
        <Turns receipt={receipt} now={now} />
        <LegTable legs={receipt.legs} />
      </Page>
      <OpenedRequest />
    </>
  );
}

function Lead({ receipt }: { receipt: Schema["Receipt"] }) {
  const zone = useZone();
  return (
    <>
      {receipt.open_requests > 0 && <Badge tone="accent">running</Badge>} Call of project{" "}
      {receipt.project}, began <When time={receipt.started_at} /> {zone.name}
    </>
  );
}
