import { Page } from "~/design/surfaces";

export default function Settings() {
  return <Page title="Settings">{null}</Page>;
}
