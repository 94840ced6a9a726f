import { Page } from "~/design/surfaces";

export default function Overview() {
  return <Page title="Overview">{null}</Page>;
}
