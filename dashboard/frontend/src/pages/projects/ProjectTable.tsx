import { Link } from "@tanstack/react-router";
import { useConfigPath } from "~/api/access";
import type { Schema } from "~/api/client";
import { Button } from "~/design/controls";
import { Badge, Badges, Empty } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Money } from "~/design/values";
import { Buttons } from "~/forms/Form";
import { OwnedByFile, SourceBadge } from "~/resources/sources";
import styles from "./Projects.module.css";

type Project = Schema["Project"];

type Props = {
  projects: readonly Project[];
  mayWrite: boolean;
  onShow: (project: Project) => void;
  onEdit: (project: Project) => void;
  onDelete: (project: Project) => void;
  onAdopt: (id: string) => void;
};

const COLUMNS: readonly Column<Project>[] = [
  {
    title: "Project",
    heads: true,
    cell: (one) => (
      <>
        <Link to="/costs" search={{ project: one.id }}>
          {one.id}
        </Link>
        {one.name && <div className="quiet">{one.name}</div>}
      </>
    ),
  },
  { title: "Source", cell: (one) => <SourceBadge source={one.source} /> },
  { title: "Today", right: true, cell: (one) => <Money amount={one.spent_today_usd} /> },
  { title: "This month", right: true, cell: (one) => <Money amount={one.spent_this_month_usd} /> },
  { title: "Budget a day", right: true, cell: (one) => <Cap amount={one.daily_budget_usd} /> },
  { title: "Budget a month", right: true, cell: (one) => <Cap amount={one.monthly_budget_usd} /> },
  {
    title: "At the cap",
    cell: (one) =>
      one.daily_budget_usd === null && one.monthly_budget_usd === null ? (
        <span className="quiet">–</span>
      ) : (
        <Link to="/budgets" search={{ project: one.id }}>
          {one.budget_action}
        </Link>
      ),
  },
  {
    title: "Tags",
    cell: (one) => (
      <Badges>
        {one.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </Badges>
    ),
  },
];

export function ProjectTable(props: Props) {
  const columns = [
    ...COLUMNS,
    { title: "Change", right: true, cell: (one: Project) => <Changes one={one} {...props} /> },
  ];
  const path = useConfigPath();
  return (
    <div className={styles.stack}>
      <OwnedByFile of={props.projects} path={path} />
      <Table
        caption="Projects, what they spent and what they may spend"
        columns={columns}
        rows={props.projects}
        keyOf={(one) => one.id}
        empty={
          <Empty title="There is no project yet.">
            <p>An agent that names one in its code makes it appear here; or create one.</p>
          </Empty>
        }
      />
    </div>
  );
}

function Changes({ one, mayWrite, onShow, onEdit, onDelete, onAdopt }: Props & { one: Project }) {
  if (one.source === "managed" && mayWrite) {
    return (
      <Buttons>
        <Button aria-label={`Edit ${one.id}`} onClick={() => onEdit(one)}>
          Edit
        </Button>
        <Button aria-label={`Delete ${one.id}`} look="danger" onClick={() => onDelete(one)}>
          Delete
        </Button>
      </Buttons>
    );
  }
  const adoptable = mayWrite && (one.source === "ledger" || one.source === "default");
  return (
    <Buttons>
      <Button aria-label={`Settings of ${one.id}`} onClick={() => onShow(one)}>
        Settings
      </Button>
      {adoptable && (
        <Button aria-label={`Give ${one.id} settings`} onClick={() => onAdopt(one.id)}>
          Set up
        </Button>
      )}
    </Buttons>
  );
}

function Cap({ amount }: { amount: string | null }) {
  return amount === null ? <span className="quiet">no cap</span> : <Money amount={amount} />;
}
