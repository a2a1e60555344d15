import {_t} from "@web/core/l10n/translation";

const {DateTime} = luxon;

/**
 * An instant as people write it: "today, 16:30", "7 March, 16:30".
 * The year is named only where it is not the present one.
 *
 * @param {DateTime} value
 * @param {DateTime} [now]
 * @returns {String}
 */
export function formatMoment(value, now = DateTime.local()) {
    const time = value.toLocaleString(DateTime.TIME_SIMPLE);
    const days = Math.round(
        value.startOf("day").diff(now.setZone(value.zone).startOf("day"), "days").days
    );
    if (days === 0) {
        return _t("today, %s", time);
    }
    if (days === -1) {
        return _t("yesterday, %s", time);
    }
    if (days === 1) {
        return _t("tomorrow, %s", time);
    }
    const year = value.year === now.year ? {} : {year: "numeric"};
    const date = value.toLocaleString({day: "numeric", month: "long", ...year});
    return `${date}, ${time}`;
}

/**
 * The same in full, with the year and the name of the zone.
 *
 * @param {DateTime} value
 * @returns {String}
 */
export function spellMoment(value) {
    const day = value.toLocaleString(DateTime.DATE_FULL);
    const time = value.toLocaleString(DateTime.TIME_SIMPLE);
    return `${day}, ${time} (${value.offsetNameLong || value.zoneName})`;
}
