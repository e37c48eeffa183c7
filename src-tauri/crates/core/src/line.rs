//! Which line a call runs over. Owns the kinds; what a line does is in `callboard-telephony`.

text_enum! {
    /// What places the calls of a campaign. Fixed for a campaign when it is first started, so that practice results
    /// can never mix with real ones.
    pub enum LineKind {
        /// The practice line: nobody is called.
        Practice = "practice",
        /// LiveKit SIP: real phones ring.
        Livekit = "livekit",
    }
}
