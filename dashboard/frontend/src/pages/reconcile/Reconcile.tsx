import { Page } from "~/design/surfaces";

export default function Reconcile() {
  return <Page title="Reconcile">{null}</Page>;
}
