// The shift board follows the desk: fetched again when something changed, but never under a hand that is at work.
import { listen } from "./live.js";
import { find } from "./tools.js";

const EVENTS = ["conversation", "claim", "reply", "presence", "announcement", "alarm", "ask", "resync"];
const CALM = 1000;
let waiting = 0;

const board = find("[data-board]");

/** Somebody has a menu, a field or a button of the board under their hand. */
function isBusy() {
  return board.contains(document.activeElement) || Boolean(board.querySelector(":active"));
}

function refresh() {
  waiting = 0;
  if (isBusy()) return plan();
  window.htmx?.trigger(board, "board-changed");
  return undefined;
}

function plan() {
  if (!waiting) waiting = setTimeout(refresh, CALM);
}

if (board) listen(EVENTS, plan);
