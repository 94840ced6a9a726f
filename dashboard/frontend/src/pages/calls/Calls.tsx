import { Page } from "~/design/surfaces";

export default function Calls() {
  return <Page title="Calls">{null}</Page>;
}
