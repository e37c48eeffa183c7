import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";

import type { FieldIssue } from "../form/checks";
import { HoursField } from "./HoursField";
import { PRESETS } from "./presets";
import type { SpanText } from "./spans";

let hours: SpanText[] = [];
const tell = (next: SpanText[]) => {
  hours = next;
};

function Host({ initial, wrong = {} }: { initial: readonly SpanText[]; wrong?: Record<string, FieldIssue> }) {
  const [value, setValue] = useState<SpanText[]>([...initial]);
  const put = (next: SpanText[]) => {
    tell(next);
    setValue(next);
  };
  return <HoursField id="form" value={value} onChange={put} issue={(path) => wrong[path]} onTouch={() => undefined} />;
}

afterEach(cleanup);
const said = () => hours.map(({ weekday, opens, closes }) => `${weekday} ${opens}-${closes}`);
const take = () => act(() => screen.getAllByTestId("hours-span")[0]?.focus());
const press = (code: string, more: Partial<KeyboardEventInit> = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { code, key: code, ...more });

describe("the week under the keyboard", () => {
  it("moves hours by a quarter of an hour, with Ctrl by an hour", () => {
    render(<Host initial={[{ weekday: 1, opens: "09:00", closes: "13:00" }]} />);
    take();
    press("ArrowRight");
    expect(said()).toEqual(["1 09:15-13:15"]);
    press("ArrowLeft", { ctrlKey: true });
    expect(said()).toEqual(["1 08:15-12:15"]);
  });

  it("moves the end with Shift and the beginning with Alt", () => {
    render(<Host initial={[{ weekday: 1, opens: "09:00", closes: "13:00" }]} />);
    take();
    press("ArrowRight", { shiftKey: true });
    press("ArrowLeft", { altKey: true });
    expect(said()).toEqual(["1 08:45-13:15"]);
  });

  it("goes to another day, adds there and removes", () => {
    render(<Host initial={[{ weekday: 1, opens: "09:00", closes: "13:00" }]} />);
    take();
    press("ArrowDown");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Tuesday");
    press("Enter");
    expect(said()).toEqual(["1 09:00-13:00", "2 09:00-18:00"]);
    press("Delete");
    expect(said()).toEqual(["1 09:00-13:00"]);
  });

  it("has one stop for the Tab key", () => {
    render(<Host initial={PRESETS.lunch} />);
    expect(screen.getByTestId("hours-grid").querySelectorAll("[tabindex='0']")).toHaveLength(1);
  });
});

describe("one day by its exact times", () => {
  it("completes what was typed and shows hours over midnight in the next row", () => {
    render(<Host initial={[{ weekday: 5, opens: "09:00", closes: "18:00" }]} />);
    const [opens, closes] = ["opens", "closes"].map((name) => screen.getByTestId(`field-hours.0.${name}`));
    fireEvent.change(opens as HTMLElement, { target: { value: "22" } });
    fireEvent.blur(opens as HTMLElement);
    fireEvent.change(closes as HTMLElement, { target: { value: "06:00" } });
    expect(said()).toEqual(["5 22:00-06:00"]);
    expect(screen.getByTestId("hours-day-6").querySelectorAll("[data-testid=hours-rest]")).toHaveLength(1);
  });

  it("turns to the day whose times are refused", () => {
    render(<Host initial={PRESETS.workdays} wrong={{ "hours.3.closes": { code: "time", params: {} } }} />);
    expect(screen.getByTestId("hours-panel").dataset["state"]).toBe("4");
    expect(screen.getByTestId("error-hours.3.closes").dataset["code"]).toBe("time");
  });
});
