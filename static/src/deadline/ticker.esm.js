/** One timer for every living clock on the screen. */

const TICK = 10 * 1000;
const listeners = new Set();
let timer = null;

function tick() {
    const now = Date.now();
    for (const listener of [...listeners]) {
        listener(now);
    }
}

function onVisible() {
    // A tab that was asleep shows the truth at once.
    if (!document.hidden) {
        tick();
    }
}

/**
 * Call ``listener`` with the present instant every ten seconds.
 *
 * @param {Function} listener
 * @returns {Function} ends it
 */
export function onTick(listener) {
    listeners.add(listener);
    if (timer === null) {
        timer = setInterval(tick, TICK);
        document.addEventListener("visibilitychange", onVisible);
    }
    return () => {
        listeners.delete(listener);
        if (!listeners.size) {
            clearInterval(timer);
            timer = null;
            document.removeEventListener("visibilitychange", onVisible);
        }
    };
}
