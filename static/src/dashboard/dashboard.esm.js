import {Component, onWillStart, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {SocialChart} from "./chart.esm";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {formatDuration} from "../deadline/countdown.esm";
import {periods} from "./period.esm";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const MINUTE = 60 * 1000;
/** Told apart without colours, too: by lightness on paper, by the words beside. */
const GOOD = "#2f855a";
const BAD = "#c53030";
const PLAIN = "#2b6cb0";
const PALE = "#a0aec0";
const ROWS = 10;

/** A name that leaves room for its bar on a phone. */
function shorten(name) {
    const most = window.innerWidth < 576 ? 18 : 40;
    return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** The head's figures of a period; each one opens the messages it counts. */
export class SocialDashboard extends Component {
    static template = "helpdesk_mgmt_social.Dashboard";
    static components = {SocialChart};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.last = new KeepLast();
        this.periods = periods();
        const [start] = this.periods.filter((period) => period.key === "month");
        this.state = useState({
            period: start.key,
            first: start.first.toISODate(),
            last: start.last.toISODate(),
            filters: {unit_id: false, network: false},
            figures: null,
            loading: true,
            failed: false,
        });
        onWillStart(() => this.load());
    }

    async load() {
        const {first, last, filters} = this.state;
        this.state.loading = true;
        this.state.failed = false;
        try {
            const figures = await this.last.add(
                this.orm.call("helpdesk.social.figures", "figures", [first, last], {
                    filters: {...filters},
                })
            );
            this.state.figures = figures;
        } catch (error) {
            this.state.failed = true;
            throw error;
        } finally {
            this.state.loading = false;
        }
    }

    choosePeriod(key) {
        const [period] = this.periods.filter((one) => one.key === key);
        this.state.period = key;
        this.state.first = period.first.toISODate();
        this.state.last = period.last.toISODate();
        return this.load();
    }

    chooseDay(name, ev) {
        this.state[name] = ev.target.value;
        this.state.period = "own";
        if (this.state.first && this.state.last && this.state.first <= this.state.last) {
            this.load();
        }
    }

    get disordered() {
        return !(this.state.first && this.state.last && this.state.first <= this.state.last);
    }

    chooseFilter(name, ev) {
        const value = ev.target.value;
        this.state.filters[name] =
            name === "unit_id" ? parseInt(value, 10) || false : value || false;
        return this.load();
    }

    // Words ------------------------------------------------------------------------

    /** Minutes in words, a share with its sign, any other number as it is. */
    words(name, value) {
        if (value === null || value === undefined || value === false) {
            return "–";
        }
        if (name === "median" || name === "p90") {
            return this.duration(value);
        }
        if (name === "in_time" || name === "reworked") {
            return `${value.toLocaleString()} %`;
        }
        return value.toLocaleString();
    }

    duration(minutes) {
        return minutes === null ? "–" : formatDuration(minutes * MINUTE);
    }

    moment(text) {
        return text
            ? deserializeDateTime(text).toLocaleString(DateTime.DATETIME_SHORT)
            : _t("no answer yet");
    }

    get tiles() {
        const better = {in_time: 1, answered: 1, median: -1, p90: -1, reworked: -1};
        Object.assign(better, {late: -1, broken_promises: -1, repeats: -1});
        const labels = {
            received: _t("Received"),
            in_time: _t("Answered in time"),
            median: _t("Median time to the answer"),
            reworked: _t("Drafts sent back"),
            answered: _t("Answers published"),
            late: _t("Answered late"),
            p90: _t("9 of 10 answers within"),
            open: _t("In work"),
            repeats: _t("Repeated messages"),
            broken_promises: _t("Broken promises"),
        };
        return Object.entries(labels).map(([key, label]) => {
            const figure = this.state.figures.headline[key];
            return {
                key,
                label,
                value: this.words(key, figure.value),
                change: key === "open" ? null : this.change(key, figure, better[key]),
                domain: figure.domain,
            };
        });
    }

    /** The change against the previous period: words, and whether it is good. */
    change(key, figure, better) {
        const {value, previous} = figure;
        if (value === null || previous === null) {
            return null;
        }
        const difference = value - previous;
        const sign = difference > 0 ? "▲" : difference < 0 ? "▼" : "=";
        return {
            words: `${sign} ${_t("before: %s", this.words(key, previous))}`,
            good: better ? Math.sign(difference) * better > 0 : false,
            bad: better ? Math.sign(difference) * better < 0 : false,
        };
    }

    get empty() {
        const headline = this.state.figures.headline;
        return !headline.received.value && !headline.answered.value;
    }

    // Charts -----------------------------------------------------------------------

    bars(rows, series, {stacked = false, upright = false} = {}) {
        return {
            type: "bar",
            data: {
                labels: rows.map((row) => shorten(row.name)),
                datasets: series.map(({label, field, colour}) => ({
                    label,
                    data: rows.map((row) => row[field]),
                    backgroundColor: colour,
                    maxBarThickness: 22,
                })),
            },
            options: {
                indexAxis: upright ? "x" : "y",
                scales: {
                    x: {stacked, beginAtZero: true, ticks: {precision: 0}},
                    y: {stacked, beginAtZero: true, ticks: {precision: 0}},
                },
                plugins: {legend: {display: series.length > 1, position: "bottom"}},
            },
        };
    }

    get course() {
        return this.bars(
            this.state.figures.course,
            [
                {label: _t("Received"), field: "received", colour: PALE},
                {label: _t("Answers"), field: "answered", colour: PLAIN},
            ],
            {upright: true}
        );
    }

    terms(rows) {
        return this.bars(
            rows,
            [
                {label: _t("In time"), field: "met", colour: GOOD},
                {label: _t("Late"), field: "late", colour: BAD},
            ],
            {stacked: true}
        );
    }

    height(rows) {
        return 80 + 34 * rows.length;
    }

    rows(name) {
        return this.state.figures[name].slice(0, ROWS);
    }

    received(rows) {
        return this.bars(rows, [
            {label: _t("Received"), field: "received", colour: PLAIN},
        ]);
    }

    /** Share of the largest cell, from 0 to 1: how dark a cell of the heat table is. */
    heat(value) {
        return value ? 0.12 + (0.6 * value) / this.state.figures.heat.most : 0;
    }

    get qualityParts() {
        const labels = {
            reworks: _t("Why drafts were sent back"),
            checks: _t("Remarks of the checks"),
            flaws: _t("Flaws"),
            exclusions: _t("Excluded, by reason"),
            no_reaction: _t("Needed no reaction, by reason"),
        };
        return Object.entries(labels)
            .map(([key, label]) => ({key, label, rows: this.state.figures.quality[key]}))
            .filter((part) => part.rows.length);
    }

    // Steps ------------------------------------------------------------------------

    /** The messages behind a figure, as the list of all messages shows them. */
    async open(name, domain) {
        const all = await this.action.loadAction(
            "helpdesk_mgmt_social.action_ticket_all"
        );
        // Without its address, under which a reload would show all messages.
        const {res_model, views, search_view_id} = all;
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model,
            views,
            search_view_id,
            domain,
            context: {create: false, active_test: false},
        });
    }

    openRow(rows, index) {
        return this.open(rows[index].name, rows[index].domain);
    }

    /** The window of the report, with the period and filters of the screen. */
    print() {
        const {first, last, filters} = this.state;
        return this.action.doAction("helpdesk_mgmt_social.action_report", {
            additionalContext: {
                default_first: first,
                default_last: last,
                default_unit_id: filters.unit_id,
                default_network: filters.network,
            },
        });
    }

    async openTicket(row) {
        const {res_model, views} = await this.action.loadAction(
            "helpdesk_mgmt_social.action_ticket_all"
        );
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model,
            res_id: row.ticket_id,
            views: views.filter(([, kind]) => kind === "form"),
        });
    }
}

registry.category("actions").add("helpdesk_mgmt_social.dashboard", SocialDashboard);
