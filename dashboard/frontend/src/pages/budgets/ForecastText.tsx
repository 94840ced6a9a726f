import { compare } from "~/design/decimal";
import { share } from "~/design/format";
import { Notice } from "~/design/surfaces";
import { Money, When } from "~/design/values";
import { type Forecast, LEAST_SHARE, type Stretch } from "./forecast";

type Props = {
  forecast: Forecast | undefined;
  cap: string | null;
  stretch: Stretch;
  /** Whether calls are refused at the cap. */
  blocks: boolean;
};

/** The forecast in words, and how it is reckoned. */
export function ForecastText({ forecast, cap, stretch, blocks }: Props) {
  if (forecast === undefined) {
    return (
      <p className="quiet">
        Forecast: unknown. It needs {LEAST_SHARE * 100} % of the period to have passed, and
        something to have been spent in it.
      </p>
    );
  }
  const over = cap !== null && compare(forecast.total, cap) > 0;
  const passed = share(stretch.now - stretch.start, stretch.end - stretch.start);
  return (
    <Notice tone={over ? "warn" : "usual"}>
      <p>
        At this pace: about <Money amount={forecast.total} /> by the end of the period
        {over
          ? `, which is over the cap${blocks ? ", if calls were not refused there" : ""}`
          : cap === null
            ? ""
            : ", which is within the cap"}
        .
        {forecast.reached !== undefined && (
          <>
            {" "}
            The cap would be reached at about{" "}
            <When time={new Date(forecast.reached).toISOString()} />.
          </>
        )}
      </p>
      <p className="quiet">
        A straight line: what was spent so far, over the {passed} of the period that have passed.
        Calls without a known price are not in it.
      </p>
    </Notice>
  );
}
