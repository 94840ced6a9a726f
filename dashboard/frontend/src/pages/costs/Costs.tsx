import { Page } from "~/design/surfaces";

export default function Costs() {
  return <Page title="Costs">{null}</Page>;
}
