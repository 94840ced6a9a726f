import { Page } from "~/design/surfaces";

export default function Audit() {
  return <Page title="Audit">{null}</Page>;
}
