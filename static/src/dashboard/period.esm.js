import {_t} from "@web/core/l10n/translation";

const {DateTime} = luxon;

/**
 * The periods that are offered at once, today included.
 *
 * @param {DateTime} today
 * @returns {Object[]} key, label, first and last day (luxon)
 */
export function periods(today = DateTime.local()) {
    const month = today.startOf("month");
    const quarter = today.startOf("quarter");
    return [
        {key: "week", label: _t("7 days"), first: today.minus({days: 6}), last: today},
        {key: "month", label: _t("This month"), first: month, last: today},
        {
            key: "last_month",
            label: _t("Last month"),
            first: month.minus({months: 1}),
            last: month.minus({days: 1}),
        },
        {key: "quarter", label: _t("This quarter"), first: quarter, last: today},
        {key: "year", label: _t("This year"), first: today.startOf("year"), last: today},
    ];
}
