"""The engine's promises, and the tests that fail when one is broken: `pytest $(python -m tests.semantics 18)`.

tests/test_semantics.py sees to it that no promise is without a test, and that every test named here exists.
"""

import sys

PROMISES = {
    1: "an event is answered with 2xx only after it is committed",
    2: "a message id identifies an event of a source",
    3: "a customer's events are applied in the order in which they were answered",
    4: "a run reads what the event that started or woke it has written",
    5: "a late event takes its place in the timeline and starts nothing past its entry age",
    6: "re-entry per customer and key",
    7: "near misses are logged",
    8: "holdout: ghosts walk the journey and have no effects",
    9: "a published version is immutable, and every decision names its version",
    10: "new entrants take the newest version; templates are taken at the claim",
    11: "settings that cannot work are refused with place, reason and remedy",
    12: "duration waits and calendar waits; the zone that was used is recorded",
    13: "a moment that has passed follows if_past",
    14: "wait_for: what is heard, and that an event accepted in time beats the time-out",
    15: "a step added after a trailing wait reaches those who still wait",
    16: "consent, suppression, caps and quiet hours are asked at every attempt",
    17: "the gate's answers; a deferral past the deadline is late at once",
    18: "at most one live hand-over per run, step and visit",
    19: "an exit or goal accepted before the claim wins",
    20: "refusals, defects and temporary trouble",
    21: "unknown is resolved, counted and shown",
    22: "a run ends for a named reason; goals count within their window",
    23: "the books balance",
    24: "pause holds effects and keeps events; resuming follows the operator's choice",
    25: "merging two customers",
    26: "nothing about a person in histories, ids, search attributes and logs",
    27: "erasing a customer",
}

NOT_BUILT = {27: "there is no erasure yet"}

PROOFS: dict[int, tuple[str, ...]] = {
    1: ("faults/test_postgres_killed.py::test_no_accepted_event_is_lost_when_postgres_is_killed",),
    2: (
        "store/test_inbox.py::test_the_same_message_id_of_a_source_is_one_event",
        "store/test_inbox.py::test_two_sources_may_use_the_same_message_id_also_in_one_commit",
        "store/test_inbox.py::test_a_message_id_is_a_new_event_once_it_is_forgotten",
        "api/test_committing.py::test_the_same_event_in_many_calls_of_a_group_is_one_and_all_are_answered_alike",
    ),
    3: (
        "api/test_committing.py::test_groups_are_written_one_after_another",
        "routing/test_order.py::test_three_routers_keep_each_persons_order",
        "routing/test_order.py::test_what_a_run_changes_while_its_customers_event_is_routed_is_not_lost",
        "routing/test_delivery.py::test_what_follows_a_command_whose_workflow_is_missing_is_not_tried",
    ),
    4: (
        "activities/test_own_writes.py::test_the_branch_behind_a_change_sees_it",
        "e2e/test_changes.py::test_an_identify_right_before_the_event_is_seen_by_the_run_it_starts",
        "routing/test_entering.py::test_a_rule_sees_the_customer_right_after_the_event_and_not_later",
    ),
    5: ("routing/test_entering.py::test_a_near_miss_is_logged_with_its_reason",),
    6: (
        "routing/test_entering.py::test_re_entry_after_the_end",
        "routing/test_entering.py::test_re_entry_after_a_time_counts_from_the_last_entry",
        "routing/test_entering.py::test_re_entry_counts_per_customer_and_key",
        "e2e/test_shadow.py::test_re_entry_is_decided_for_each_version_by_itself",
    ),
    7: (
        "routing/test_entering.py::test_a_near_miss_names_the_values_that_decided",
        "e2e/test_ways_in.py::test_who_nearly_entered_is_on_record_with_the_reason",
    ),
    8: (
        "routing/test_entering.py::test_the_same_customers_are_held_out_and_walk_as_ghosts",
        "routing/test_entering.py::test_another_journey_holds_out_other_people",
        "e2e/test_ghosts.py::test_a_ghost_walks_the_journey_and_nothing_happens",
    ),
    9: (
        "api/test_journeys.py::test_a_changed_version_with_ids_is_the_next_and_the_old_one_stays_readable",
        "api/test_journeys.py::test_a_changed_version_needs_the_ids_of_its_steps",
    ),
    10: ("e2e/test_ways_in.py::test_a_run_stays_on_its_version_and_takes_the_newest_template_at_the_claim",),
    11: (
        "domain/compiler/test_refusals.py::test_refuses",
        "domain/compiler/test_refused_values.py::test_a_value_that_cannot_work_is_refused_with_the_reason",
        "domain/compiler/test_nothing_ignored.py::test_a_key_that_is_left_out_makes_another_program",
    ),
    12: (
        "domain/test_moments.py::test_a_clock_wait_follows_the_customers_zone_and_says_which_was_used",
        "workflows/test_years.py::test_mondays_stay_mondays_at_nine_when_the_clocks_change",
    ),
    13: (
        "domain/compiler/test_refusals.py::test_refuses",
        "domain/engine/test_walks.py::test_what_stands_behind_a_moment_that_has_passed_follows_if_past",
        "e2e/test_waits.py::test_a_moment_that_has_passed_follows_if_past",
    ),
    14: (
        "e2e/test_waits.py::test_an_event_accepted_before_the_time_out_wins_although_it_is_applied_later",
        "e2e/test_waits.py::test_an_event_accepted_after_the_time_out_does_not_reopen_the_branch",
        "domain/engine/test_walks.py::test_a_reaction_is_heard_from_the_send_on",
        "domain/test_looking_back.py::test_of_several_events_the_one_that_was_applied_first_is_heard",
        "store/test_history.py::test_what_was_applied_after_a_position_and_accepted_by_a_moment",
        "domain/engine/test_walks.py::test_a_wait_is_not_over_before_its_time",
    ),
    15: ("e2e/test_migrating.py::test_a_step_added_after_a_trailing_wait_reaches_those_who_still_wait",),
    16: (
        "e2e/test_permission.py::test_one_click_unsubscribes_before_the_next_mail",
        "domain/test_gate.py::test_marketing_on_one_channel",
        "domain/test_gate.py::test_transactional_knows_no_consent_topic_cap_or_quiet_hours_but_suppression",
        "store/test_permissions.py::test_caps_count_marketing_that_went_out_or_may_have",
        "activities/test_claiming.py::test_nobody_hears_again_who_has_left_meanwhile",
    ),
    17: (
        "domain/test_gate.py::test_a_deferral_past_the_deadline_is_late_at_once",
        "domain/test_gate.py::test_at_the_very_deadline_it_still_goes",
        "e2e/test_permission.py::test_a_deferral_past_the_deadline_is_late_at_once",
    ),
    18: (
        "store/test_ledger.py::test_there_is_at_most_one_live_hand_over_per_step_and_visit",
        "activities/test_claiming.py::test_while_another_attempt_may_be_at_work_nothing_is_handed_over",
        "activities/test_claiming.py::test_only_what_was_refused_moves_on_to_the_next_channel",
        "activities/test_claiming.py::test_an_attempt_that_was_overtaken_records_nothing",
        "activities/test_requests.py::test_each_round_of_a_repeat_is_a_hand_over_of_its_own",
        "activities/test_requests.py::test_a_request_that_the_run_has_left_behind_does_nothing_and_is_told_where_the_run_is",
        "faults/test_worker_killed.py::test_everybody_gets_each_mail_once_although_workers_are_killed",
        "faults/test_temporal_lost.py::test_five_hundred_runs_go_on_after_temporal_has_lost_its_database",
    ),
    19: (
        "e2e/test_leaving.py::test_an_exit_accepted_before_the_claim_wins_even_while_it_is_not_yet_applied",
        "activities/test_claiming.py::test_an_end_that_is_accepted_and_not_applied_holds_up_the_claim",
        "activities/test_claiming.py::test_a_run_that_is_leaving_claims_nothing",
        "activities/test_requests.py::test_a_run_that_is_leaving_does_nothing_more",
    ),
    20: (
        "domain/engine/test_walks.py::test_the_deadline_of_a_send_with_a_time_of_day_counts_from_then",
        "e2e/test_mail_trouble.py::test_an_address_that_does_not_exist_is_suppressed_and_the_run_goes_on",
        "e2e/test_mail_trouble.py::test_temporary_trouble_past_the_deadline_is_late",
        "e2e/test_mail_trouble.py::test_credentials_that_are_refused_park_the_run_until_they_are_mended",
    ),
    21: (
        "store/test_ledger.py::test_claims_that_nobody_came_back_to_are_swept_into_unknown",
        "activities/test_claiming.py::test_what_was_left_behind_is_handed_over_again_under_its_own_id_and_counted",
        "activities/test_claiming.py::test_what_was_left_behind_waits_for_a_person",
        "e2e/test_mail_trouble.py::test_a_server_that_falls_silent_after_the_mail_gets_it_again_under_the_same_id",
        "e2e/test_sms.py::test_nobody_knows_whether_it_was_taken_until_a_person_says_so",
        "e2e/test_sms.py::test_twilios_own_list_says_what_became_of_it",
    ),
    22: (
        "e2e/test_leaving.py::test_a_goal_ends_the_run_and_counts_as_conversion_with_its_value",
        "routing/test_waking.py::test_a_goal_counts_within_its_window_also_when_the_run_has_ended",
    ),
    23: (
        "e2e/test_why.py::test_the_books_balance_and_name_who_lives_on_one_side_only",
        "store/test_books.py::test_every_run_is_counted_under_its_status",
        "e2e/test_restoring.py::test_a_terminated_run_goes_on_and_a_living_one_is_left_alone",
    ),
    24: (
        "e2e/test_leaving.py::test_a_paused_run_hears_afterwards_what_happened_meanwhile",
        "e2e/test_leaving.py::test_an_exit_ends_a_paused_run",
        "activities/test_requests.py::test_a_paused_journey_calls_nobody",
        "domain/engine/test_orders.py::test_only_what_fell_due_during_the_pause_is_left_out",
        "operating/test_pausing_journeys.py::test_what_fell_due_can_be_left_out_and_the_run_goes_on_behind_it",
    ),
    25: (
        "routing/test_merging.py::test_of_two_runs_that_collide_one_goes_on",
        "routing/test_merging.py::test_no_table_with_rows_of_a_customer_is_left_out",
        "activities/test_claiming.py::test_a_claim_waits_for_whoever_has_the_customer_and_follows_a_merge",
    ),
    26: (
        "replay/test_plays.py::test_a_play_ends_as_it_should_and_tells_nothing_about_the_customer",
        "activities/test_failures.py::test_the_text_of_a_foreign_error_goes_nowhere",
        "runtime/test_logging.py::test_an_error_of_an_endpoint_quotes_nobody_in_production",
    ),
}
"""By promise, from this folder on."""

if __name__ == "__main__":
    for number in sys.argv[1:]:
        for proof in PROOFS[int(number)]:
            print(f"tests/{proof}")  # noqa: T201
