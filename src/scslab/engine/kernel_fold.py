"""The kernel that settles: folds the acting events of each subject, in order, into entries and a score.

It reads like docs/settling.md. What a scheme says comes in as tables (`layout`), so one compiled kernel serves every
scheme. An entry that may matter later (it lapses, fills a cap, counts as a repetition or holds a tier) is *remembered*;
the remembered entries that still matter at the end are the state from which a later run goes on.
"""

from __future__ import annotations

import numpy as np

from scslab.engine.calendar import LAST_DAY, MONTHS, NEVER
from scslab.engine.jit import find_lowest_bit, kernel
from scslab.engine.kernel_group import DAY_SHIFT, ONE, RULES_MASK, TYPE_MASK, TYPE_SHIFT
from scslab.engine.kernel_steps import (
    add_period,
    clamp,
    count_repeats,
    enqueue,
    find_hold,
    find_step,
    grant,
    hold_tier,
    matters_later,
    recall,
    remember,
    round_half_away,
)
from scslab.engine.layout import (
    ACTING,
    BEGIN,
    CAP_KIND,
    CAPPED_TO_NOTHING,
    CARRIED_YEAR,
    CONSTANT,
    CUT_BY_CAP,
    CUT_BY_CEILING,
    CUT_BY_FLOOR,
    E_EFFECTIVE,
    E_LAPSE,
    E_ROW,
    E_RULE,
    END_CAP,
    END_FACTOR,
    END_STEP,
    ENTRIES,
    ENTRY_WIDTH,
    EVENT,
    FIRST_CAP,
    FIRST_FACTOR,
    FIRST_STEP,
    HELD_UNTIL,
    HOLD,
    IS_FRESH,
    IS_REMEMBERED,
    IS_SIMPLE,
    LAPSE,
    LAST_POSTED,
    MEMORY_BEGIN,
    MEMORY_END,
    N_ENTRIES,
    NOTHING,
    OBJECTION,
    PLAIN,
    PUBLISHED,
    PUBLISHED_HOLD,
    REPAIR,
    REPEAT_KIND,
    RESTART,
    SCORE,
    SLOT,
    START,
    VALID_KIND,
    VALID_LENGTH,
    VARYING,
    Array,
    Bounds,
    Caps,
    Int,
    Output,
    Room,
    Rules,
    Span,
)
from scslab.engine.objection.kernel_story import (
    begin_tale,
    find_entry,
    find_live,
    find_since,
    is_due,
    is_taken_back,
    may_be_acted_upon,
    renew_holds,
)
from scslab.engine.objection.layout import (
    A_DAY,
    A_ROW,
    A_TARGET,
    IS_DEAD,
    T_IS_OVER,
    T_REPAIRED,
    T_STAGE,
    T_TAKEN,
    TALE_WIDTH,
    Story,
)


@kernel
def fold(
    rules: Rules, caps: Caps, bounds: Bounds, span: Span, subjects: Array, order: Array, low: Int, high: Int,
    words: Array, rows: Array, values: Array, past: Array | None, room: Room, out: Output | None,
    kept: Array | None, stats: Array, story: Story | None,
) -> tuple[Int, Int]:  # fmt: skip
    """Settle the subjects `order[low:high]`.

    `words` and `rows` hold the acting events, grouped by subject; `values` (slots, n) the values of formulas; `past`
    the remembered entries of a state; `story` what objections and repairs do. Writes the new state of each subject in
    place; its entries to `out`; what must be remembered to `kept`. The code for `past`, `out`, `kept` and `story` is
    not even compiled where they are None. Adds to `stats` (rules, 5). Returns how many entries and how many remembered
    entries were written.
    """
    table, cap, month, first = rules.table, caps.table, span.month, span.first
    memory, queue, used, period = room.memory, room.queue, room.used, room.period
    recent, window, until = room.recent, room.window, room.until
    written = 0
    n_kept = 0
    for position in range(low, high):
        s = order[position] & PLAIN
        at = subjects[s, BEGIN] & PLAIN
        end = at + subjects[s, ACTING]
        score = subjects[s, SCORE]
        n_entries = subjects[s, N_ENTRIES]
        last_posted = subjects[s, LAST_POSTED]
        is_published = span.published <= span.after and not subjects[s, IS_FRESH]
        # Plain zeros would be constants to the compiler, which would compile all that they are passed to twice.
        n = np.int64(0)  # remembered entries
        head = np.int64(0)
        tail = np.int64(0)
        new_year = np.int64(NEVER)
        bits = np.uint64(0)
        base = np.int64(0)
        day = np.int64(0)
        row = np.int64(NOTHING)
        waiting = np.int64(NEVER)  # when the first entry in the queue lapses
        a = np.int64(0)  # the next act of objection or repair
        a_end = np.int64(0)
        since = np.int64(0)  # remembered entries that ended with a restart
        cursor = np.int64(0)  # where the act under way goes on
        about = np.int64(NOTHING)  # the remembered entry that it is about
        is_act = False
        for c in range(cap.shape[0]):
            used[c, 0] = 0
            used[c, 1] = 0
            period[c] = 0 if cap[c, CAP_KIND] >= MONTHS else NOTHING
        for r in range(recent.size):
            recent[r] = 0
            window[r] = 0
        for t in range(until.size):
            until[t] = NOTHING
        if past is not None:
            this_year = -1
            if span.is_yearly:
                this_year = month[max(0, span.after)] // 12
                if n_entries > 0:
                    new_year = np.int64(first[(this_year + 1) * 12])
            n = subjects[s, MEMORY_END] - subjects[s, MEMORY_BEGIN]
            tail = recall(
                past, subjects[s, MEMORY_BEGIN], subjects[s, MEMORY_END], table, rules.rule_caps, cap, month, first,
                this_year, memory, queue, period, used, recent, until,
            )  # fmt: skip
            if story is not None:
                since = find_since(memory, n, this_year, month)
                for k in range(n):
                    for column in range(TALE_WIDTH):
                        story.tales[k, column] = story.past[subjects[s, MEMORY_BEGIN] + k, column]
            if tail > 0:
                waiting = memory[queue[0] & PLAIN, E_LAPSE]
        if story is not None:
            a = np.int64(story.at[s])
            a_end = np.int64(story.at[s + 1])
            for r in range(story.uses.size):
                story.uses[r] = 0

        while True:
            # What comes next: another rule of this event, a restart or a lapse, the publication, or another event.
            occurrence = 0
            capped_by = NOTHING
            lapse = np.int64(NOTHING)
            about = np.int64(NOTHING)
            kind, rule, after = np.int64(EVENT), np.int64(NOTHING), score
            nominal, granted = np.int64(0), np.int64(0)
            if not bits:
                is_event = at < end
                day = np.int64(words[at] >> DAY_SHIFT) if is_event else np.int64(span.as_of)
                if story is not None:
                    is_act = is_due(story.acts, a, a_end, day, is_event)
                    if is_act:
                        day = np.int64(story.acts[a, A_DAY])
                is_publication = not is_published and (day > span.published or not (is_event or is_act))
                if is_publication:
                    day = np.int64(span.published)
                if min(new_year, waiting) > day:
                    if is_publication:
                        is_published = True
                        if span.is_yearly and n_entries == 0 and month[max(0, day)] // 12 > subjects[s, CARRIED_YEAR]:
                            score = span.start[month[max(0, day)] // 12]
                        if story is not None:
                            renew_holds(table, memory, story.tales, n, month, first, until)
                        subjects[s, PUBLISHED] = score
                        subjects[s, PUBLISHED_HOLD] = find_hold(until, day)
                        continue
                    if story is not None:
                        if is_act:
                            about, kind, nominal, granted = find_entry(
                                story, a, cursor, memory, n, since, month, first, span.is_yearly
                            )
                            if about < 0:
                                a += 1
                                cursor = np.int64(0)
                                continue
                            story.did[a] = True
                            cursor = about + 1
                            row = np.int64(story.acts[a, A_ROW])
                            rule = np.int64(memory[about, E_RULE])
                            after = clamp(score + granted, day, bounds)
                    if about < 0:
                        if not is_event:
                            break
                        bits = words[at] & RULES_MASK
                        base = rules.type_rules_offset[np.int64((words[at] >> TYPE_SHIFT) & TYPE_MASK)]
                        row = np.int64(rows[at])
                        at = (at + 1) & PLAIN
            if bits:
                rule = rules.type_rules[(base + np.int64(find_lowest_bit(bits))) & PLAIN] & PLAIN
                bits &= bits - ONE
                if span.is_yearly and n_entries == 0:
                    if month[day] // 12 > subjects[s, CARRIED_YEAR]:
                        score = span.start[month[day] // 12]
                        subjects[s, START] = score
                    new_year = np.int64(first[(month[day] // 12 + 1) * 12])
                nominal = table[rule, CONSTANT]
                if nominal == VARYING:
                    factor = table[rule, FIRST_FACTOR] & PLAIN
                    if table[rule, REPEAT_KIND] >= 0:
                        occurrence = count_repeats(table, rule, day, month, first, n, memory, recent, window) + 1
                        factor = min(factor + occurrence, table[rule, END_FACTOR]) - 1
                    if table[rule, SLOT] >= 0:
                        nominal = round_half_away(
                            (values[table[rule, SLOT], row] * rules.factors[factor]) * rules.scale
                        )
                    else:
                        step = table[rule, FIRST_STEP] & PLAIN
                        if table[rule, END_STEP] - step > 1:
                            step = find_step(rules.step_day, step, table[rule, END_STEP], day)
                        nominal = rules.nominal[rules.step_at[step] + factor - table[rule, FIRST_FACTOR]]
                granted = nominal
                if table[rule, FIRST_CAP] < table[rule, END_CAP]:
                    granted, capped_by = grant(
                        table, rules.rule_caps, cap, caps.limit_day, caps.limit, caps.is_member, month, first, rule,
                        day, nominal, n, memory, period, used,
                    )  # fmt: skip
                after = clamp(score + granted, day, bounds)
            elif about >= 0:  # of an act: `find_entry` said what it posts
                pass
            elif new_year <= waiting:
                kind = np.int64(RESTART)
                day = new_year
                row = np.int64(NOTHING)
                rule = np.int64(NOTHING)
                after = span.start[month[day] // 12]
                granted = after - score
                nominal = granted
                new_year = np.int64(first[(month[day] // 12 + 1) * 12])
                while head < tail:
                    memory[queue[head], E_LAPSE] = NOTHING
                    head += 1
                waiting = np.int64(NEVER)
                for c in range(cap.shape[0]):
                    used[c, 0] = 0
                    used[c, 1] = 0
                    period[c] = n if cap[c, CAP_KIND] >= MONTHS else NOTHING
                since = np.int64(n)
            else:
                kind = np.int64(LAPSE)
                day = waiting
                index = queue[head] & PLAIN
                head += 1
                memory[index, E_LAPSE] = NOTHING
                waiting = memory[queue[head] & PLAIN, E_LAPSE] if head < tail else np.int64(NEVER)
                row = memory[index, E_ROW]
                rule = memory[index, E_RULE]
                granted = -memory[index, E_EFFECTIVE]
                if story is not None:
                    granted = -find_live(memory, story.tales, index, since)
                    is_dropped = is_taken_back(story.tales, index) or story.tales[index, T_STAGE] == IS_DEAD
                    story.tales[index, T_IS_OVER] = 1
                    if is_dropped:
                        continue
                nominal = granted
                after = clamp(score + granted, day, bounds)
            effective = after - score

            if kind == EVENT:
                stats[rule, ENTRIES] += 1
                if granted != nominal:
                    stats[rule, CUT_BY_CAP] += 1
                    if granted == 0:
                        stats[rule, CAPPED_TO_NOTHING] += 1
                if effective != granted:
                    stats[rule, CUT_BY_FLOOR if effective > granted else CUT_BY_CEILING] += 1
                if not table[rule, IS_SIMPLE]:
                    if table[rule, VALID_KIND] >= 0 and effective != 0:
                        lapse = np.int64(
                            add_period(day, table[rule, VALID_KIND], table[rule, VALID_LENGTH], month, first)
                        )
                        if lapse >= new_year:  # the restart comes first and drops it
                            lapse = np.int64(NOTHING)
                    if table[rule, IS_REMEMBERED]:
                        remember(memory, n, rule, day, granted, effective, lapse, row)
                        if story is not None:
                            begin_tale(story.tales, n)
                        if lapse >= 0:
                            enqueue(memory, queue, n, head, tail)
                            tail += 1
                            waiting = memory[queue[head] & PLAIN, E_LAPSE]
                        n += 1
                    if table[rule, REPEAT_KIND] >= 0:
                        recent[rule] += 1
                    hold_tier(table, rule, day, month, first, until)
            if story is not None:
                if kind == OBJECTION:
                    story.tales[about, T_TAKEN] = effective
                elif kind == REPAIR:
                    story.tales[about, T_REPAIRED] += effective
                if out is not None:
                    story.out_target[written] = memory[about, E_ROW] if about >= 0 else NOTHING
                    story.out_repair[written] = story.acts[a, A_TARGET] if kind == REPAIR else NOTHING
            n_entries += 1
            if out is not None:
                out.subject[written] = position
                out.seq[written] = n_entries
                out.day[written] = day
                out.kind[written] = kind
                out.row[written] = row
                out.rule[written] = rule
                out.nominal[written] = nominal
                out.granted[written] = granted
                out.effective[written] = effective
                out.before[written] = score
                out.lapse[written] = lapse
                out.occurrence[written] = occurrence
                out.capped_by[written] = capped_by
                written += 1
            score = after
            last_posted = day

        if span.is_yearly and n_entries == 0 and month[span.as_of] // 12 > subjects[s, CARRIED_YEAR]:
            score = span.start[month[span.as_of] // 12]
            subjects[s, START] = score
        if story is not None:
            renew_holds(table, memory, story.tales, n, month, first, until)
        subjects[s, SCORE] = score
        subjects[s, N_ENTRIES] = n_entries
        subjects[s, LAST_POSTED] = last_posted
        subjects[s, HOLD] = find_hold(until, span.as_of)
        held_until = np.int64(NOTHING)
        for t in range(until.size):
            if until[t] > span.as_of:
                held_until = max(held_until, min(until[t], LAST_DAY))
        subjects[s, HELD_UNTIL] = held_until

        if kept is not None:
            subjects[s, MEMORY_BEGIN] = n_kept
            for k in range(n):
                if story is not None:
                    if story.tales[k, T_STAGE] == IS_DEAD:
                        memory[k, E_LAPSE] = NOTHING  # it never comes
                is_kept = matters_later(memory, k, table, rules.rule_caps, cap, month, first, span.as_of)
                if story is not None:
                    is_kept |= may_be_acted_upon(story, memory, k, since, span.as_of, month, first)
                    if is_kept:
                        for column in range(TALE_WIDTH):
                            story.kept[n_kept, column] = story.tales[k, column]
                if is_kept:
                    for column in range(ENTRY_WIDTH):
                        kept[n_kept, column] = memory[k, column]
                    n_kept += 1
            subjects[s, MEMORY_END] = n_kept
    return written, n_kept
