// The page's own behaviour. Everything here is an improvement of pages that work without it.
import "./clock.js";
import "./live.js";
import "./strip.js";
import "./alarm.js";
import "./keyboard.js";
import "./dialogs.js";
import "./forms.js";
import "./menu.js";
import "./setup.js";
import "./queue.js";
import "./conversation.js";
import "./composer.js";
import "./board.js";
