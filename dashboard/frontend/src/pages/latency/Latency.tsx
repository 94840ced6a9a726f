import { Page } from "~/design/surfaces";

export default function Latency() {
  return <Page title="Latency">{null}</Page>;
}
