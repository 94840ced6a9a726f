import { Page } from "~/design/surfaces";

export default function Receipt() {
  return <Page title="Receipt">{null}</Page>;
}
