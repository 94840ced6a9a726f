import { Page } from "~/design/surfaces";

export default function Budgets() {
  return <Page title="Budgets">{null}</Page>;
}
