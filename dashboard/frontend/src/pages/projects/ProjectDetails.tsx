import { useConfigPath } from "~/api/access";
import type { Schema } from "~/api/client";
import { Button } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { Notice } from "~/design/surfaces";
import { Facts } from "~/forms/Form";
import { ownerOf, SourceBadge } from "~/resources/sources";

/** The settings of a project that cannot be changed here, and who can. */
export function ProjectDetails({
  project,
  onClose,
}: {
  project: Schema["Project"];
  onClose: () => void;
}) {
  const path = useConfigPath();
  const settings = Object.entries(project.settings);
  return (
    <Dialog
      title={`Project ${project.id}`}
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      <Notice>
        <SourceBadge source={project.source} /> {ownerOf(project.source, path)}
      </Notice>
      {settings.length > 0 ? (
        <Facts of={settings.map(([name, value]) => [name, shown(value)] as const)} />
      ) : (
        <p className="quiet">It has no settings: no cap, no limits, calls are only recorded.</p>
      )}
    </Dialog>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
