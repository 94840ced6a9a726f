import { Page } from "~/design/surfaces";

export default function Projects() {
  return <Page title="Projects">{null}</Page>;
}
