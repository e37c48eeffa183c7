//! What holds for any conversation: bounds, and what any order of events adds up to.

use proptest::prelude::*;

use super::{
    tests::{completed, ms, reply, said},
    *,
};
use crate::telemetry::{MAX_TURN_CHARACTERS, Spread};

#[test]
fn the_memory_of_a_call_is_bounded_and_its_cost_stays_right() {
    let mut collector = Collector::default();
    let text = "ж".repeat(MAX_TURN_CHARACTERS);
    for at in 0..3_000 {
        collector.apply(&reply("нет"), ms(at));
        collector.apply(&SpeechEvent::PlaybackStarted, ms(at));
        collector.apply(&completed(1, 2), ms(at));
        collector.apply(&SpeechEvent::BotStopped, ms(at));
    }
    collector.apply(&reply(&text), ms(4_000));
    collector.record_turn(Turn { tts_characters: 5, ..Turn::new(TurnRole::Assistant, &text) });
    let conversation = collector.finish().expect("a conversation");
    assert_eq!(conversation.turns.len(), MAX_TURNS);
    assert_eq!(conversation.turns.last().map(|turn| turn.content.as_str()), Some("нет"));
    let metrics = conversation.metrics;
    assert_eq!((metrics.llm_input_tokens, metrics.llm_output_tokens), (3_000, 6_000));
    assert_eq!(metrics.tts_characters, 9_005 + MAX_TURN_CHARACTERS as u32);
}

#[test]
fn what_a_provider_reports_is_cut_to_what_can_be_stored() {
    let mut collector = Collector::default();
    collector.user_said(&"a\0".repeat(MAX_TURN_CHARACTERS), f64::NAN, ms(0));
    collector.user_said("b", -3.0, ms(1));
    collector.llm_complete(u32::MAX, u32::MAX, ms(2));
    collector.llm_complete(1, 1, ms(3));
    collector.state_reached(" \0 ");
    let broken = Turn { eou_latency_ms: Some(f64::NAN), stt_seconds: 1e12, ..Turn::new(TurnRole::User, "x\0") };
    collector.record_turn(broken);
    let conversation = collector.finish().expect("three turns");
    let [user, bot, broken] = conversation.turns.as_slice() else { panic!("three turns") };
    assert_eq!(user.content, "a".repeat(MAX_TURN_CHARACTERS));
    assert!(user.stt_seconds.abs() < f64::EPSILON);
    assert_eq!(bot.llm_input_tokens, i32::MAX as u32, "an integer column holds it");
    assert_eq!(conversation.metrics.llm_output_tokens, i32::MAX as u32);
    assert_eq!((broken.content.as_str(), broken.eou_latency_ms, conversation.final_state), ("x", None, None));
    assert!((broken.stt_seconds - 86_400.0).abs() < 1e-9);
}

/// An event, or a hook that no event reaches.
#[derive(Debug, Clone)]
enum Step {
    Event(SpeechEvent),
    Start(TurnRole, &'static str),
    Record(TurnRole, bool),
    Finalize,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Event(SpeechEvent::UserStarted)),
        4 => Just(Step::Event(SpeechEvent::UserStopped)),
        2 => Just(Step::Event(SpeechEvent::SttStarted)),
        2 => Just(Step::Event(SpeechEvent::SttFirstByte)),
        3 => "[а-я]{0,3}".prop_map(|text| Step::Event(said(&text))),
        3 => Just(Step::Event(SpeechEvent::LlmStarted)),
        3 => (0u32..1000, 0u32..1000).prop_map(|(input, output)| Step::Event(completed(input, output))),
        3 => "[а-я]{0,3}".prop_map(|text| Step::Event(reply(&text))),
        2 => Just(Step::Event(SpeechEvent::TtsFirstByte)),
        4 => Just(Step::Event(SpeechEvent::PlaybackStarted)),
        4 => Just(Step::Event(SpeechEvent::BotStopped)),
        1 => "[ab]{0,2}".prop_map(|state_id| Step::Event(SpeechEvent::StateReached { state_id })),
        1 => (role(), prop_oneof![Just(""), Just("да")]).prop_map(|(role, text)| Step::Start(role, text)),
        1 => (role(), any::<bool>()).prop_map(|(role, interrupted)| Step::Record(role, interrupted)),
        1 => Just(Step::Finalize),
    ]
}

fn role() -> impl Strategy<Value = TurnRole> {
    prop::sample::select(TurnRole::ALL)
}

fn take(collector: &mut Collector, step: &Step, at: Duration) {
    match step {
        Step::Event(event) => collector.apply(event, at),
        Step::Start(role, text) => collector.start_turn(*role, text, None, at),
        Step::Record(role, was_interrupted) => collector.record_turn(Turn {
            was_interrupted: *was_interrupted && *role == TurnRole::Assistant,
            started: collector.since_answer(at),
            ..Turn::new(*role, "да")
        }),
        Step::Finalize => {
            collector.finalize_turn();
        }
    }
}

proptest! {
    /// Whatever a line reports, in whatever order and at whatever times, with room for few turns or for many.
    #[test]
    fn any_order_of_events_gives_rows_that_add_up(
        steps in prop::collection::vec((step(), 0u64..10_000), 0..200),
        room in prop_oneof![1usize..6, Just(MAX_TURNS)],
        in_order: bool,
    ) {
        let mut times: Vec<_> = steps.iter().map(|(_, at)| *at).collect();
        if in_order {
            times.sort_unstable();
        }
        let mut collector = Collector { max_turns: room, ..Collector::new(ms(100)) };
        let (mut tokens, mut characters, mut seconds) = ((0, 0), 0, 0.0);
        for ((step, _), at) in steps.iter().zip(times) {
            take(&mut collector, step, ms(at));
            match step {
                Step::Event(SpeechEvent::LlmCompleted { input_tokens, output_tokens }) => {
                    tokens = (tokens.0 + input_tokens, tokens.1 + output_tokens);
                }
                Step::Event(SpeechEvent::TtsStarted { text }) => characters += text.chars().count() as u32,
                Step::Event(SpeechEvent::UserSaid { stt_seconds, .. }) => seconds += stt_seconds,
                Step::Event(_) | Step::Start(..) | Step::Record(..) | Step::Finalize => {}
            }
            prop_assert!(collector.turns.len() <= room, "memory is bounded");
            for (place, turn) in collector.turns.iter().enumerate() {
                prop_assert_eq!(turn.index as usize, place);
            }
            for open in [collector.user, collector.bot].into_iter().flatten() {
                prop_assert!(open.place.is_none_or(|place| place < collector.turns.len()), "an open turn is a row");
            }
        }
        let Some(Conversation { turns, metrics, .. }) = collector.finish() else {
            prop_assert_eq!((tokens, characters), ((0, 0), 0), "nothing that costs is lost");
            return Ok(());
        };
        prop_assert!(turns.iter().enumerate().all(|(place, turn)| turn.index as usize == place));
        prop_assert_eq!((metrics.llm_input_tokens, metrics.llm_output_tokens), tokens);
        prop_assert_eq!(metrics.tts_characters, characters);
        prop_assert!((metrics.stt_seconds - seconds).abs() < 1e-6);
        prop_assert_eq!(metrics.turn_count as usize, turns.len());
        let system = turns.iter().filter(|turn| turn.role == TurnRole::System).count() as u32;
        prop_assert_eq!(metrics.user_turn_count + metrics.bot_turn_count + system, metrics.turn_count);
        let flagged = turns.iter().filter(|turn| turn.was_interrupted).count() as u32;
        prop_assert!(flagged <= metrics.interruption_count);
        let latencies = [metrics.ttfb_stt, metrics.latency_llm, metrics.ttfb_tts, metrics.eou_latency];
        for Spread { avg, min, max } in latencies.into_iter().flatten() {
            prop_assert!(min >= 0.0 && min <= avg + 1e-9 && avg <= max + 1e-9 && max.is_finite());
        }
        if in_order {
            prop_assert!(turns.windows(2).all(|pair| pair[0].started <= pair[1].started), "in order of beginning");
        }
    }
}
