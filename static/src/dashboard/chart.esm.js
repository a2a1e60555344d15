import {Component, onMounted, onPatched, onWillStart, onWillUnmount, useRef} from "@odoo/owl";
import {loadBundle} from "@web/core/assets";

/** A chart of Chart.js; a click on a bar is told by the number of its row. */
export class SocialChart extends Component {
    static template = "helpdesk_mgmt_social.Chart";
    static props = {
        label: String,
        height: Number,
        config: Object,
        onPick: {type: Function, optional: true},
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        onMounted(() => this.draw());
        onPatched(() => this.draw());
        onWillUnmount(() => this.erase());
    }

    erase() {
        if (this.chart) {
            this.chart.destroy();
            this.chart = null;
        }
    }

    draw() {
        this.erase();
        const config = this.props.config;
        this.chart = new Chart(this.canvas.el, {
            ...config,
            options: {
                animation: false,
                maintainAspectRatio: false,
                responsive: true,
                ...config.options,
                onClick: (ev, elements) => {
                    if (elements.length && this.props.onPick) {
                        this.props.onPick(elements[0].index);
                    }
                },
            },
        });
    }
}
