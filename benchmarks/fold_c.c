/* The fold, written by hand in C for the benchmark scheme, on the same arrays as scslab's kernel.

   It does the work of a standings-only run and no more: for each subject, in order, post every acting rule (constant
   points, or a formula's value rounded half away from zero), cut by a cap per calendar year, clamp to constant bounds,
   let entries lapse after whole months, and count entries and cuts by rule. It knows nothing of what this scheme does not
   use: dated values, rolling and group caps, repetition, tier limits, publication, yearly restarts, itemised entries.

   Compiled by fold.py: cc -O3 -march=native -shared -fPIC */

#include <math.h>
#include <stdint.h>

enum { ENTRIES, CUT_BY_CAP, CAPPED_TO_NOTHING, CUT_BY_FLOOR, CUT_BY_CEILING, COUNTS };

typedef struct {
    /* by type, then rule */
    const int32_t *type_rules_offset, *type_rules;
    /* by rule; slot -1: constant points; cap -1: none; valid_months 0: for ever */
    const int64_t *points, *cap;
    const int32_t *slot, *valid_months;
    /* by day and by month: the month of a day, the first day of a month */
    const int32_t *month, *first;
    int64_t start, floor, ceiling, as_of;
} Scheme;

typedef struct {
    /* by subject: its acting events are begin .. begin + acting */
    const int64_t *begin;
    const int32_t *acting;
    /* by event: day (from bit 47), type (from bit 32), one bit for each rule of the type that acts; its row in values */
    const uint64_t *words;
    const int32_t *rows;
    /* values of formulas, one line of n_rows a slot */
    const double *values;
    int64_t n_rows;
} Events;

static inline int64_t round_half_away(double x) {
    double whole = floor(fabs(x));
    if (fabs(x) - whole >= 0.5) whole += 1.0;
    return x >= 0 ? (int64_t)whole : -(int64_t)whole;
}

static inline int64_t add_months(const Scheme *scheme, int64_t day, int32_t months) {
    int64_t month = scheme->month[day], later = month + months;
    int64_t moved = scheme->first[later] + day - scheme->first[month], last = scheme->first[later + 1] - 1;
    return moved < last ? moved : last;
}

static inline int64_t clamp(const Scheme *scheme, int64_t score) {
    if (score < scheme->floor) score = scheme->floor;
    return score > scheme->ceiling ? scheme->ceiling : score;
}

/* lapse_day and lapse_effective: room for the longest history; used and used_in: by rule, used_in set to -1 */
void fold_subjects(const Scheme *scheme, const Events *events, int64_t n_subjects, int64_t *score_out,
                   int32_t *entries_out, int32_t *last_out, int32_t *lapse_day, int32_t *lapse_effective,
                   int64_t *used, int64_t *used_in, int64_t *counts) {
    for (int64_t s = 0; s < n_subjects; s++) {
        int64_t at = events->begin[s], end = at + events->acting[s];
        int64_t score = scheme->start, last = -1;
        int32_t entries = 0, head = 0, tail = 0;
        for (;; at++) {
            uint64_t word = at < end ? events->words[at] : 0;
            int64_t day = at < end ? (int64_t)(word >> 47) : scheme->as_of;
            while (head < tail && lapse_day[head] <= day) {
                score = clamp(scheme, score - lapse_effective[head]);
                last = lapse_day[head++];
                entries++;
            }
            if (at == end) break;
            const int32_t *rules = scheme->type_rules + scheme->type_rules_offset[(word >> 32) & 0x7FFF];
            for (uint32_t bits = (uint32_t)word; bits; bits &= bits - 1) {
                int32_t rule = rules[__builtin_ctz(bits)];
                int64_t *count = counts + rule * COUNTS;
                int64_t nominal = scheme->points[rule];
                if (scheme->slot[rule] >= 0)
                    nominal = round_half_away(events->values[scheme->slot[rule] * events->n_rows + events->rows[at]]);
                int64_t granted = nominal;
                if (scheme->cap[rule] >= 0) {
                    /* One number for subject and year: a new subject or year empties the cap. */
                    int64_t period = s * 512 + scheme->month[day] / 12;
                    if (used_in[rule] != period) {
                        used_in[rule] = period;
                        used[rule] = 0;
                    }
                    int64_t size = nominal < 0 ? -nominal : nominal, room = scheme->cap[rule] - used[rule];
                    if (size > room) size = room;
                    used[rule] += size;
                    granted = nominal < 0 ? -size : size;
                }
                int64_t after = clamp(scheme, score + granted), effective = after - score;
                count[ENTRIES]++;
                if (granted != nominal) {
                    count[CUT_BY_CAP]++;
                    count[CAPPED_TO_NOTHING] += granted == 0;
                }
                count[CUT_BY_FLOOR] += effective > granted;
                count[CUT_BY_CEILING] += effective < granted;
                if (scheme->valid_months[rule] && effective != 0) {
                    int32_t lapses = (int32_t)add_months(scheme, day, scheme->valid_months[rule]), place = tail++;
                    for (; place > head && lapse_day[place - 1] > lapses; place--) {
                        lapse_day[place] = lapse_day[place - 1];
                        lapse_effective[place] = lapse_effective[place - 1];
                    }
                    lapse_day[place] = lapses;
                    lapse_effective[place] = (int32_t)effective;
                }
                score = after;
                last = day;
                entries++;
            }
        }
        score_out[s] = score;
        entries_out[s] = entries;
        last_out[s] = (int32_t)last;
    }
}
