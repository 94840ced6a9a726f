import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "~/api/access";
import { api, bodyOf } from "~/api/client";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import { Answer, Card, Page } from "~/design/surfaces";
import { DeleteDialog } from "~/forms/DeleteDialog";
import { ModelTable } from "./ModelTable";
import { PluginTable } from "./PluginTable";
import { PriceTable } from "./PriceTable";
import { ProviderForm } from "./ProviderForm";
import { ProviderTable } from "./ProviderTable";
import type { Provider } from "./provider";

type Open =
  | { what: "new"; id?: string }
  | { what: "edit" | "delete"; provider: Provider }
  | undefined;

export default function Plugins() {
  const providers = useQuery(queries.providers());
  const mayWrite = useMay("write");
  const [open, setOpen] = useState<Open>();
  return (
    <Page
      title="Providers and plugins"
      lead="Whom calls go to, what speaks to them, and where their prices come from."
      tools={
        mayWrite && (
          <Button look="primary" onClick={() => setOpen({ what: "new" })}>
            Set up a provider
          </Button>
        )
      }
    >
      <Card title="Providers">
        <Answer of={providers} what="the providers">
          {(found) => (
            <ProviderTable
              providers={found}
              mayWrite={mayWrite}
              onEdit={(provider) => setOpen({ what: "edit", provider })}
              onDelete={(provider) => setOpen({ what: "delete", provider })}
              onSetUp={(id) => setOpen({ what: "new", id })}
            />
          )}
        </Answer>
      </Card>
      <ModelTable mayWrite={mayWrite} />
      <PluginTable />
      <PriceTable />
      <Opened open={open} close={() => setOpen(undefined)} />
    </Page>
  );
}

function Opened({ open, close }: { open: Open; close: () => void }) {
  if (open === undefined) return null;
  if (open.what === "new") return <ProviderForm id={open.id} onClose={close} />;
  if (open.what === "edit") return <ProviderForm provider={open.provider} onClose={close} />;
  const { id } = open.provider;
  return (
    <DeleteDialog
      what={`provider ${id}`}
      remove={(confirm) =>
        bodyOf(
          api.DELETE("/v1/providers/{provider_id}", {
            params: { path: { provider_id: id }, query: { confirm } },
          }),
        )
      }
      renews={["providers", "plugins", "models", "audit", "status"]}
      onClose={close}
    />
  );
}
