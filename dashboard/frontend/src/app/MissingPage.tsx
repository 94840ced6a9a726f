import { Link } from "@tanstack/react-router";
import { Empty, Page } from "~/design/surfaces";

export function MissingPage() {
  return (
    <Page title="No such page">
      <Empty title="There is nothing at this address.">
        <Link to="/">To the overview</Link>
      </Empty>
    </Page>
  );
}
