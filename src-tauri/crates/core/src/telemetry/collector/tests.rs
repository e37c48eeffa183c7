//! The collector as a specification: the hooks and the cut into turns.

use super::*;
use crate::{
    cost::{Prices, cost},
    telemetry::Spread,
};

pub(super) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(super) fn said(text: &str) -> SpeechEvent {
    SpeechEvent::UserSaid { text: text.to_owned(), stt_seconds: 1.5 }
}

pub(super) fn reply(text: &str) -> SpeechEvent {
    SpeechEvent::TtsStarted { text: text.to_owned() }
}

pub(super) fn completed(input_tokens: u32, output_tokens: u32) -> SpeechEvent {
    SpeechEvent::LlmCompleted { input_tokens, output_tokens }
}

fn collected(events: &[(u64, SpeechEvent)]) -> Conversation {
    let mut collector = Collector::default();
    for (at, event) in events {
        collector.apply(event, ms(*at));
    }
    collector.finish().expect("a conversation")
}

fn rows(conversation: &Conversation) -> Vec<(TurnRole, &str)> {
    conversation.turns.iter().map(|turn| (turn.role, turn.content.as_str())).collect()
}

/// Acceptance 36, with the cost stored at the same time.
#[test]
fn ready_made_turns_give_the_figures_of_the_replaced_system() {
    let mut collector = Collector::default();
    collector.record_turn(Turn {
        ttfb_stt_ms: Some(150.5),
        latency_llm_ms: Some(250.3),
        ttfb_tts_ms: Some(100.2),
        eou_latency_ms: Some(500.0),
        llm_input_tokens: 10,
        llm_output_tokens: 20,
        tts_characters: 50,
        stt_seconds: 5.0,
        ..Turn::new(TurnRole::User, "Здравствуйте")
    });
    collector.record_turn(Turn {
        latency_llm_ms: Some(300.0),
        ttfb_tts_ms: Some(120.0),
        eou_latency_ms: Some(550.0),
        llm_input_tokens: 30,
        llm_output_tokens: 40,
        tts_characters: 100,
        was_interrupted: true,
        ..Turn::new(TurnRole::Assistant, "Добрый день")
    });
    let conversation = collector.finish().expect("two turns");
    assert_eq!(conversation.turns.iter().map(|turn| turn.index).collect::<Vec<_>>(), [0, 1]);

    let metrics = conversation.metrics;
    let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    let llm = metrics.latency_llm.expect("both turns have it");
    close(llm.avg, 275.15);
    close(llm.min, 250.3);
    close(llm.max, 300.0);
    close(metrics.ttfb_stt.expect("one turn has it").avg, 150.5);
    close(metrics.ttfb_tts.expect("both turns have it").avg, 110.1);
    close(metrics.eou_latency.expect("both turns have it").avg, 525.0);
    close(metrics.interruption_rate, 0.5);
    assert_eq!((metrics.turn_count, metrics.user_turn_count, metrics.bot_turn_count), (2, 1, 1));
    assert_eq!((metrics.llm_input_tokens, metrics.llm_output_tokens, metrics.tts_characters), (40, 60, 150));
    assert_eq!(metrics.interruption_count, 1);

    let cost = cost(&Prices::default(), &metrics.usage(Duration::from_mins(1))).expect("it has a cost");
    let parts = [cost.stt, cost.llm, cost.tts, cost.line, cost.total].map(|part| part.amount.to_string());
    assert_eq!(parts, ["0.0215", "0.0000", "0.0023", "0.0040", "0.0278"]);
}

/// Acceptance 37.
#[test]
fn without_turns_there_is_no_conversation() {
    assert_eq!(Collector::default().finish(), None);
    let mut noise = Collector::default();
    noise.apply(&SpeechEvent::UserStarted, ms(10));
    noise.apply(&SpeechEvent::UserStopped, ms(20));
    assert_eq!(noise.finish(), None, "a noise without words is no turn");
}

/// Acceptance 38.
#[test]
fn the_hooks_return_what_they_measured() {
    let mut collector = Collector::default();
    collector.start_turn(TurnRole::User, "Алло", Some("start"), ms(0));
    collector.user_speech_start(ms(0));
    collector.stt_start(ms(5));
    assert_eq!(collector.stt_first_byte(ms(15)), Some(10.0));
    assert_eq!(collector.user_speech_end(ms(2000)), Some(2000.0));
    assert_eq!(collector.finalize_turn(), Some(0));
    collector.start_turn(TurnRole::Assistant, "Добрый день", None, ms(2001));
    collector.llm_start(ms(2001));
    assert_eq!(collector.llm_complete(1, 2, ms(2021)), Some(20.0));
    collector.tts_start("Добрый день", ms(2022));
    assert_eq!(collector.tts_first_byte(ms(2037)), Some(15.0));
    assert_eq!(collector.playback_start(ms(2045)), Some(45.0), "the two seconds of speech do not count");
    assert_eq!(collector.bot_speech_end(ms(3045)), Some(1000.0));

    let conversation = collector.finish().expect("two turns");
    assert_eq!(rows(&conversation), [(TurnRole::User, "Алло"), (TurnRole::Assistant, "Добрый день")]);
    let [user, bot] = conversation.turns.as_slice() else { panic!("two turns") };
    assert_eq!((user.ttfb_stt_ms, user.eou_latency_ms), (Some(10.0), None));
    assert_eq!(bot.latency_llm_ms, Some(20.0));
    assert_eq!((bot.ttfb_tts_ms, bot.eou_latency_ms), (Some(15.0), Some(45.0)));
    assert_eq!(bot.tts_characters, 11, "characters, not bytes");
    assert_eq!(bot.state_id.as_deref(), Some("start"));
}

/// Requirements D1.
#[test]
fn a_measurement_without_its_start_is_unknown_and_not_zero() {
    let mut collector = Collector::default();
    assert_eq!(collector.stt_first_byte(ms(1)), None);
    assert_eq!(collector.llm_complete(3, 4, ms(1)), None);
    assert_eq!(collector.tts_first_byte(ms(1)), None);
    assert_eq!(collector.playback_start(ms(1)), None);
    assert_eq!(collector.user_speech_end(ms(1)), None);
    collector.tts_start("да", ms(9));
    assert_eq!(collector.tts_first_byte(ms(8)), None, "a mark that lies ahead measures nothing");
    let metrics = collector.finish().expect("one turn").metrics;
    let latencies = [metrics.ttfb_stt, metrics.latency_llm, metrics.ttfb_tts, metrics.eou_latency];
    assert_eq!(latencies, [None; 4]);
    assert_eq!((metrics.llm_input_tokens, metrics.llm_output_tokens), (3, 4), "tokens count all the same");
}

/// Acceptance 41 and requirements K12.
#[test]
fn a_person_who_speaks_over_the_bot_interrupts_it_once() {
    let turn = |collector: &mut Collector, at: u64| {
        collector.user_speech_start(ms(at));
        collector.user_said("да", 1.0, ms(at + 5));
    };
    let mut first = Collector::default();
    turn(&mut first, 0);
    first.playback_start(ms(100));
    first.bot_speech_end(ms(200));
    first.playback_start(ms(300));
    turn(&mut first, 400);
    turn(&mut first, 500);
    let metrics = first.finish().expect("turns").metrics;
    assert_eq!(metrics.interruption_count, 1, "the bot counts as silent after the first");
    assert_eq!(metrics.user_speech_starts, 2, "he went on speaking");
    assert!((metrics.interruptions_per_user_start() - 0.5).abs() < 1e-9);
    assert!((metrics.interruption_rate - 0.25).abs() < 1e-9, "the stored rate is over all four turns");

    let mut second = Collector::default();
    turn(&mut second, 0);
    second.playback_start(ms(100));
    turn(&mut second, 200);
    let conversation = second.finish().expect("turns");
    assert_eq!(conversation.metrics.interruption_count, 1);
    let interrupted: Vec<_> = conversation.turns.iter().map(|turn| turn.was_interrupted).collect();
    assert_eq!(interrupted, [false, true, false]);
}

/// Acceptance 45.
#[test]
fn two_interruptions_in_ten_turns_are_a_rate_of_a_fifth() {
    let mut collector = Collector::default();
    for index in 0..5 {
        collector.record_turn(Turn::new(TurnRole::User, "да"));
        let was_interrupted = index < 2;
        collector.record_turn(Turn { was_interrupted, ..Turn::new(TurnRole::Assistant, "хорошо") });
    }
    let metrics = collector.finish().expect("ten turns").metrics;
    assert!((metrics.interruption_rate - 0.2).abs() < 1e-9);
}

#[test]
fn events_are_cut_into_one_row_per_turn() {
    let mut collector = Collector::new(ms(4000));
    for (at, event) in [
        (4100, SpeechEvent::StateReached { state_id: "greeting".to_owned() }),
        (4100, reply("Здравствуйте!")),
        (4200, SpeechEvent::TtsFirstByte),
        (4300, SpeechEvent::PlaybackStarted),
        (4350, reply("Удобно говорить?")),
        (6000, SpeechEvent::BotStopped),
        (7000, SpeechEvent::UserStarted),
        (7010, SpeechEvent::SttStarted),
        (7130, SpeechEvent::SttFirstByte),
        (8000, SpeechEvent::UserStopped),
        (8100, said("Да,")),
        (8500, SpeechEvent::UserStarted),
        (9000, SpeechEvent::UserStopped),
        (9100, said("удобно")),
        (9150, SpeechEvent::LlmStarted),
        (9200, SpeechEvent::StateReached { state_id: "booking".to_owned() }),
        (9450, completed(100, 20)),
        (9460, SpeechEvent::LlmStarted),
        (9560, completed(50, 10)),
        (9570, reply("Отлично.")),
        (9700, SpeechEvent::TtsFirstByte),
        (9750, SpeechEvent::PlaybackStarted),
        (11000, SpeechEvent::BotStopped),
        (11500, SpeechEvent::StateReached { state_id: "booking_success".to_owned() }),
    ] {
        collector.apply(&event, ms(at));
    }
    assert_eq!(collector.turns().len(), 3, "open turns are shown");
    let conversation = collector.finish().expect("three turns");
    let expected = [
        (TurnRole::Assistant, "Здравствуйте! Удобно говорить?"),
        (TurnRole::User, "Да, удобно"),
        (TurnRole::Assistant, "Отлично."),
    ];
    assert_eq!(rows(&conversation), expected);
    assert_eq!(conversation.final_state.as_deref(), Some("booking_success"));

    let [greeting, user, bot] = conversation.turns.as_slice() else { panic!("three turns") };
    assert_eq!((greeting.started, user.started, bot.started), (ms(300), ms(3000), ms(5750)), "after the answer");
    assert_eq!((greeting.ttfb_tts_ms, greeting.eou_latency_ms), (Some(100.0), None), "a greeting answers nobody");
    assert_eq!((user.ttfb_stt_ms, user.stt_seconds), (Some(120.0), 3.0));
    assert_eq!(bot.eou_latency_ms, Some(750.0), "from the end of his last words");
    assert_eq!((bot.latency_llm_ms, bot.ttfb_tts_ms), (Some(400.0), Some(130.0)), "both requests took 400 ms");
    assert_eq!((bot.llm_input_tokens, bot.llm_output_tokens), (150, 30));
    let states: Vec<_> = conversation.turns.iter().map(|turn| turn.state_id.as_deref()).collect();
    assert_eq!(states, [Some("greeting"), Some("greeting"), Some("booking")]);
}

#[test]
fn a_transcript_that_comes_after_the_answer_began_belongs_to_the_turn_before_it() {
    let conversation = collected(&[
        (0, SpeechEvent::UserStarted),
        (900, SpeechEvent::UserStopped),
        (1000, reply("Слушаю вас")),
        (1200, SpeechEvent::PlaybackStarted),
        (1300, said("Алло")),
        (2000, SpeechEvent::BotStopped),
        (3000, said("Говорите")),
    ]);
    let expected = [(TurnRole::User, "Алло"), (TurnRole::Assistant, "Слушаю вас"), (TurnRole::User, "Говорите")];
    assert_eq!(rows(&conversation), expected);
}

#[test]
fn a_reply_that_was_prepared_too_early_is_replaced_but_paid_for() {
    let conversation = collected(&[
        (0, SpeechEvent::UserStarted),
        (500, SpeechEvent::UserStopped),
        (500, said("Да")),
        (510, SpeechEvent::LlmStarted),
        (600, completed(10, 10)),
        (610, reply("Отлично")),
        (650, SpeechEvent::UserStarted),
        (900, SpeechEvent::UserStopped),
        (910, said("то есть нет")),
        (920, SpeechEvent::LlmStarted),
        (970, completed(20, 10)),
        (980, reply("Понял вас")),
        (1000, SpeechEvent::TtsFirstByte),
        (1100, SpeechEvent::PlaybackStarted),
    ]);
    assert_eq!(rows(&conversation), [(TurnRole::User, "Да то есть нет"), (TurnRole::Assistant, "Понял вас")]);
    let [_, bot] = conversation.turns.as_slice() else { panic!("two turns") };
    assert_eq!((bot.latency_llm_ms, bot.ttfb_tts_ms, bot.eou_latency_ms), (Some(50.0), Some(20.0), Some(200.0)));
    assert_eq!((bot.llm_input_tokens, bot.tts_characters), (30, 16), "both replies were paid for");
}

#[test]
fn late_reports_of_an_interrupted_reply_do_not_touch_the_next_one() {
    let conversation = collected(&[
        (0, SpeechEvent::LlmStarted),
        (10, reply("Наша компания предлагает")),
        (100, SpeechEvent::PlaybackStarted),
        (500, SpeechEvent::UserStarted),
        (550, completed(7, 8)),
        (900, SpeechEvent::UserStopped),
        (950, said("Не нужно")),
        (960, SpeechEvent::LlmStarted),
        (970, SpeechEvent::BotStopped),
        (1000, completed(1, 2)),
        (1010, reply("Извините")),
        (1100, SpeechEvent::PlaybackStarted),
    ]);
    let [offer, _, apology] = conversation.turns.as_slice() else { panic!("three turns: {conversation:?}") };
    assert!(offer.was_interrupted);
    assert_eq!((offer.llm_input_tokens, offer.latency_llm_ms), (7, None));
    assert_eq!((apology.llm_input_tokens, apology.latency_llm_ms), (1, Some(40.0)));
    assert_eq!(apology.eou_latency_ms, Some(200.0));
}

#[test]
fn a_remark_of_the_system_is_a_row_but_nobody_speaks_it() {
    let mut collector = Collector::default();
    collector.start_turn(TurnRole::System, "Звонок переведён оператору", None, ms(5));
    assert_eq!(collector.finalize_turn(), None, "nothing is open");
    let conversation = collector.finish().expect("one turn");
    assert_eq!(rows(&conversation), [(TurnRole::System, "Звонок переведён оператору")]);
    assert_eq!((conversation.metrics.user_turn_count, conversation.metrics.bot_turn_count), (0, 0));
}

#[test]
fn a_spread_is_over_known_values_only() {
    assert_eq!(Spread::of([None, None]), None);
    let spread = Spread::of([Some(2.0), None, Some(4.0)]);
    assert_eq!(spread, Some(Spread { avg: 3.0, min: 2.0, max: 4.0 }));
}
