import { Page } from "~/design/surfaces";
import { Appearance } from "./Appearance";
import { KeysCard } from "./KeysCard";
import { LearnMore } from "./LearnMore";
import { LedgerCard } from "./LedgerCard";
import { SessionCard } from "./SessionCard";

export default function Settings() {
  return (
    <Page title="Settings">
      <SessionCard />
      <KeysCard />
      <Appearance />
      <LedgerCard />
      <LearnMore />
    </Page>
  );
}
