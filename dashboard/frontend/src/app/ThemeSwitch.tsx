import { useState } from "react";
import { Segments } from "~/design/controls";
import { chooseTheme, chosenTheme, type Theme } from "./theme";

const THEMES = [
  ["system", "Auto"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const satisfies readonly (readonly [Theme, string])[];

export function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <Segments
      label="Colours"
      options={THEMES}
      value={theme}
      onChange={(chosen) => {
        chooseTheme(chosen);
        setTheme(chosen);
      }}
    />
  );
}
