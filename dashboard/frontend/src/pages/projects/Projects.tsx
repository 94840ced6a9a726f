import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "~/api/access";
import { api, bodyOf, type Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import { Answer, Card, Page } from "~/design/surfaces";
import { DeleteDialog } from "~/forms/DeleteDialog";
import { ProjectDetails } from "./ProjectDetails";
import { ProjectForm } from "./ProjectForm";
import { ProjectTable } from "./ProjectTable";

type Project = Schema["Project"];
type Open =
  | { what: "new"; id?: string }
  | { what: "edit" | "delete" | "show"; project: Project }
  | undefined;

export default function Projects() {
  const projects = useQuery(queries.projects());
  const mayWrite = useMay("write");
  const [open, setOpen] = useState<Open>();
  return (
    <Page
      title="Projects"
      lead="Whoever calls are counted for: an agent, a customer, a team."
      tools={
        mayWrite && (
          <Button look="primary" onClick={() => setOpen({ what: "new" })}>
            New project
          </Button>
        )
      }
    >
      <Answer of={projects} what="the projects">
        {(found) => (
          <Card title="All projects">
            <ProjectTable
              projects={found}
              mayWrite={mayWrite}
              onShow={(project) => setOpen({ what: "show", project })}
              onEdit={(project) => setOpen({ what: "edit", project })}
              onDelete={(project) => setOpen({ what: "delete", project })}
              onAdopt={(id) => setOpen({ what: "new", id })}
            />
          </Card>
        )}
      </Answer>
      <Opened open={open} close={() => setOpen(undefined)} />
    </Page>
  );
}

function Opened({ open, close }: { open: Open; close: () => void }) {
  if (open === undefined) return null;
  if (open.what === "new") return <ProjectForm id={open.id} onClose={close} />;
  const { project } = open;
  if (open.what === "edit") return <ProjectForm project={project} onClose={close} />;
  if (open.what === "show") return <ProjectDetails project={project} onClose={close} />;
  return (
    <DeleteDialog
      what={`project ${project.id}`}
      remove={(confirm) => removeProject(project.id, confirm)}
      renews={["projects", "budgets", "audit", "status"]}
      onClose={close}
    />
  );
}

function removeProject(project_id: string, confirm: boolean) {
  return bodyOf(
    api.DELETE("/v1/projects/{project_id}", {
      params: { path: { project_id }, query: { confirm } },
    }),
  );
}
