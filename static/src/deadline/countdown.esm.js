import {_t} from "@web/core/l10n/translation";

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Share of a term that is left when it becomes urgent. */
const URGENT_SHARE = 0.25;

/**
 * Split a length of time into what people count in: the two largest units.
 * What is left counts only when it is whole, so a countdown never promises too much.
 *
 * @param {Number} milliseconds
 * @returns {Object} days, hours, minutes
 */
export function splitDuration(milliseconds) {
    const length = Math.abs(milliseconds);
    const days = Math.floor(length / DAY);
    const hours = Math.floor((length % DAY) / HOUR);
    const minutes = Math.floor((length % HOUR) / MINUTE);
    return {days, hours, minutes: days ? 0 : minutes};
}

/**
 * @param {Number} milliseconds
 * @returns {String} "2 h 15 min"
 */
export function formatDuration(milliseconds) {
    const {days, hours, minutes} = splitDuration(milliseconds);
    const parts = [];
    if (days) {
        parts.push(_t("%s d", days));
    }
    if (hours) {
        parts.push(_t("%s h", hours));
    }
    if (minutes) {
        parts.push(_t("%s min", minutes));
    }
    return parts.length ? parts.join(" ") : _t("%s min", "<1");
}

/**
 * The same in full words, for screen readers; the browser knows every plural.
 *
 * @param {Number} milliseconds
 * @param {String} locale
 * @returns {String} "2 hours 15 minutes"
 */
export function spellDuration(milliseconds, locale) {
    const split = splitDuration(milliseconds);
    const parts = [];
    for (const [unit, name] of [
        ["day", "days"],
        ["hour", "hours"],
        ["minute", "minutes"],
    ]) {
        if (split[name]) {
            const format = new Intl.NumberFormat(locale, {
                style: "unit",
                unit,
                unitDisplay: "long",
            });
            parts.push(format.format(split[name]));
        }
    }
    return parts.length ? parts.join(" ") : _t("under a minute");
}

/**
 * How a deadline stands. All instants are milliseconds since the epoch.
 *
 * @param {Object} clock
 * @param {Number} clock.due
 * @param {Number} clock.now
 * @param {Number} [clock.start] beginning of the term
 * @param {Number} [clock.done] when the clock was stopped
 * @param {String} [clock.state] state of a stored clock
 * @returns {String} "calm", "soon", "late", "met", "missed" or "cancelled"
 */
export function countdownStatus({due, now, start, done, state}) {
    if (state === "cancelled") {
        return "cancelled";
    }
    if (done || state === "met" || state === "breached") {
        const late = state ? state === "breached" : done > due;
        return late ? "missed" : "met";
    }
    const left = due - now;
    if (left < 0) {
        return "late";
    }
    const share = start && due > start ? left / (due - start) : 1;
    return left < HOUR || share < URGENT_SHARE ? "soon" : "calm";
}

/**
 * @param {Object} clock see {@link countdownStatus}
 * @returns {String} what is shown: "2 h 15 min left", "40 min late"
 */
export function formatCountdown(clock) {
    switch (countdownStatus(clock)) {
        case "cancelled":
            return _t("cancelled");
        case "met":
            return _t("in time");
        case "missed":
            return clock.done
                ? _t("%s late", formatDuration(clock.done - clock.due))
                : _t("missed");
        case "late":
            return _t("%s late", formatDuration(clock.due - clock.now));
        default:
            return _t("%s left", formatDuration(clock.due - clock.now));
    }
}

/**
 * @param {Object} clock see {@link countdownStatus}
 * @param {String} locale
 * @returns {String} what a screen reader says
 */
export function spellCountdown(clock, locale) {
    const status = countdownStatus(clock);
    if (status === "late") {
        return _t("Overdue: %s", spellDuration(clock.due - clock.now, locale));
    }
    if (status === "calm" || status === "soon") {
        return _t("Time left: %s", spellDuration(clock.due - clock.now, locale));
    }
    if (status === "missed" && clock.done) {
        return _t("Overdue: %s", spellDuration(clock.done - clock.due, locale));
    }
    return formatCountdown(clock);
}

/**
 * How long the shown words stay true, so that a clock in its last minutes is livelier.
 *
 * @param {Number} left milliseconds to (or after) the deadline
 * @returns {Number} milliseconds
 */
export function refreshAfter(left) {
    return Math.abs(left) < 5 * MINUTE ? 10 * 1000 : MINUTE;
}
