import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { Answer } from "~/design/surfaces";
import { useFilters } from "~/filters/Filters";
import { PricePart } from "./PricePart";
import { RequestFields } from "./RequestFields";
import { useOpenRequest } from "./useOpenRequest";

/** The request that the URL names, over whatever page it is on. */
export function OpenedRequest() {
  const [{ request }] = useFilters();
  return request === undefined ? null : <RequestDialog key={request} id={request} />;
}

function RequestDialog({ id }: { id: string }) {
  const open = useOpenRequest();
  const close = () => open(undefined);
  const answer = useQuery(queries.explanation(id));
  return (
    <Dialog wide title="Request" onClose={close} actions={<Button onClick={close}>Close</Button>}>
      <Answer of={answer} what="the request">
        {(row) => (
          <>
            <RequestFields row={row} />
            <PricePart row={row} />
          </>
        )}
      </Answer>
    </Dialog>
  );
}
