import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {
    countdownStatus,
    formatCountdown,
    refreshAfter,
    spellCountdown,
} from "./countdown.esm";
import {formatMoment, spellMoment} from "./moment.esm";
import {_t} from "@web/core/l10n/translation";
import {onTick} from "./ticker.esm";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Signs beside the colours, for whoever does not see colours. */
const SIGNS = {
    calm: "fa-clock-o",
    soon: "fa-hourglass-half",
    late: "fa-exclamation-triangle",
    met: "fa-check",
    missed: "fa-times",
    cancelled: "fa-ban",
};

/** How much time is left until an instant, or since when it is late. */
export class SocialCountdownField extends Component {
    static template = "helpdesk_mgmt_social.Countdown";
    static props = {
        ...standardFieldProps,
        doneField: {type: String, optional: true},
        stateField: {type: String, optional: true},
        startField: {type: String, optional: true},
        size: {type: String, optional: true},
    };

    setup() {
        this.state = useState({now: Date.now()});
        let stop = null;
        onMounted(() => {
            stop = onTick((now) => {
                if (!this.value) {
                    return;
                }
                const left = this.value.toMillis() - now;
                if (now - this.state.now >= refreshAfter(left) - 1000) {
                    this.state.now = now;
                }
            });
        });
        onWillUnmount(() => stop?.());
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get clock() {
        const {doneField, stateField, startField, record} = this.props;
        const instant = (name) =>
            name && record.data[name] ? record.data[name].toMillis() : undefined;
        return {
            due: this.value.toMillis(),
            now: this.state.now,
            start: instant(startField),
            done: instant(doneField),
            state: (stateField && record.data[stateField]) || undefined,
        };
    }

    get status() {
        return countdownStatus(this.clock);
    }

    get running() {
        return ["calm", "soon", "late"].includes(this.status);
    }

    get sign() {
        return SIGNS[this.status];
    }

    get text() {
        return formatCountdown(this.clock);
    }

    get spoken() {
        const due = _t("Deadline: %s", spellMoment(this.value));
        return `${spellCountdown(this.clock, this.value.locale)}. ${due}`;
    }

    get title() {
        return spellMoment(this.value);
    }

    get className() {
        const large = this.props.size === "large" ? "o_social_countdown_large" : "";
        return `o_social_countdown o_social_countdown_${this.status} ${large}`;
    }
}

registry.category("fields").add("social_countdown", {
    component: SocialCountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["datetime"],
    extractProps: ({options}) => ({
        doneField: options.done_field,
        stateField: options.state_field,
        startField: options.start_field,
        size: options.size,
    }),
});

/** An instant in words. */
export class SocialMomentField extends Component {
    static template = "helpdesk_mgmt_social.Moment";
    static props = {...standardFieldProps};

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return formatMoment(this.value);
    }

    get title() {
        return spellMoment(this.value);
    }
}

registry.category("fields").add("social_moment", {
    component: SocialMomentField,
    displayName: _t("Instant in words"),
    supportedTypes: ["datetime"],
});
