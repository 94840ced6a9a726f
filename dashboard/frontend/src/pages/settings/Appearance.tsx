import { ThemeSwitch } from "~/app/ThemeSwitch";
import { Segments } from "~/design/controls";
import { Card } from "~/design/surfaces";
import { useZone, When } from "~/design/values";
import { Facts } from "~/forms/Form";

type Choice = "ledger" | "utc" | "browser";

/** What is kept in this browser alone. */
export function Appearance() {
  const zone = useZone();
  const browser = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones: Record<Choice, string> = { ledger: zone.ledger, utc: "UTC", browser };
  const chosen = zone.chosen === undefined ? "ledger" : zone.chosen === "UTC" ? "utc" : "browser";
  return (
    <Card title="Appearance, in this browser">
      <Facts
        of={[
          ["Colours", <ThemeSwitch key="theme" />],
          [
            "Times",
            <Segments
              key="zone"
              label="Zone that times are shown in"
              options={[
                ["ledger", "The ledger's"],
                ["utc", "UTC"],
                ["browser", "This browser's"],
              ]}
              value={chosen}
              onChange={(choice) => zone.choose(choice === "ledger" ? undefined : zones[choice])}
            />,
          ],
          ["Shown in", zone.name],
          ["It is now", <When key="now" time={new Date().toISOString()} />],
          [
            "Days of figures",
            `those of the ledger's zone, ${zone.ledger}, whichever is chosen here`,
          ],
        ]}
      />
    </Card>
  );
}
