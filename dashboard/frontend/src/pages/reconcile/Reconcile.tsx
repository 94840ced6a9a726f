import { useMutation } from "@tanstack/react-query";
import { api, bodyOf } from "~/api/client";
import { Page, Waiting } from "~/design/surfaces";
import { Findings } from "./Findings";
import { type Question, ReconcileForm } from "./ReconcileForm";

export default function Reconcile() {
  const comparing = useMutation({ mutationFn: compare });
  return (
    <Page
      title="Reconcile"
      lead="The ledger beside a vendor's own export of the same days: where the two part, and why."
    >
      <ReconcileForm comparing={comparing} onAsk={(question) => comparing.mutate(question)} />
      {comparing.isPending && <Waiting what="the comparison" />}
      {comparing.data && <Findings of={comparing.data} />}
    </Page>
  );
}

function compare({ provider, start, end, threshold, force, files }: Question) {
  return bodyOf(
    api.POST("/v1/reconcile", {
      params: { query: { provider, start, end, threshold: threshold.trim(), force } },
      body: { usage_file: [] }, // stands for the files, which are no JSON
      bodySerializer: () => {
        const form = new FormData();
        for (const file of files) form.append("usage_file", file, file.name);
        return form;
      },
    }),
  );
}
