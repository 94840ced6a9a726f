import { Page } from "~/design/surfaces";

export default function Plugins() {
  return <Page title="Plugins">{null}</Page>;
}
