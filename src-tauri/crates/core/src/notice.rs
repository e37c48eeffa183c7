//! Notices: what happened while nobody looked. Owns the kinds and how much they matter; the words are the user interface's.

text_enum! {
    /// What happened.
    pub enum NoticeKind {
        /// A scheduled campaign has started.
        CampaignStarted = "campaign_started",
        /// A campaign is completed: its last retry is final.
        CampaignCompleted = "campaign_completed",
        /// A campaign was completed because its end has passed; contacts were left.
        CampaignEnded = "campaign_ended",
        /// 80 % of a daily budget are spent.
        BudgetWarning = "budget_warning",
        /// A daily budget is spent; nothing is dialled until the next day.
        BudgetStopped = "budget_stopped",
        /// A circuit breaker opened.
        BreakerOpened = "breaker_opened",
        /// It closed again after a healthy call.
        BreakerClosed = "breaker_closed",
        /// A carrier's limit slowed a trunk down.
        TrunkSlowed = "trunk_slowed",
        /// The trunk is at its full rate again.
        TrunkRecovered = "trunk_recovered",
        /// Faults made a ramp-up go back.
        RampUpHeld = "ramp_up_held",
        /// A campaign was paused by itself: the program cannot read the version of its skillbase.
        CampaignPaused = "campaign_paused",
        /// A scheduled campaign could not start: the line cannot place calls. It is tried again.
        LineDown = "line_down",
        /// A promised callback was not dialled within its 15 minutes.
        CallbackMissed = "callback_missed",
        /// A campaign runs and nobody can dial.
        NoWorker = "no_worker",
    }
}

text_enum! {
    /// How much a notice matters.
    pub enum NoticeLevel {
        /// Good to know.
        Info = "info",
        /// Look at it today.
        Warning = "warning",
        /// Nothing is dialled until somebody acts.
        Alarm = "alarm",
    }
}

impl NoticeKind {
    /// How much it matters.
    #[must_use]
    pub const fn level(self) -> NoticeLevel {
        match self {
            Self::CampaignStarted | Self::CampaignCompleted | Self::BreakerClosed | Self::TrunkRecovered => {
                NoticeLevel::Info
            }
            Self::CampaignEnded | Self::BudgetWarning | Self::TrunkSlowed | Self::RampUpHeld | Self::CallbackMissed => {
                NoticeLevel::Warning
            }
            Self::BudgetStopped | Self::BreakerOpened | Self::CampaignPaused | Self::LineDown | Self::NoWorker => {
                NoticeLevel::Alarm
            }
        }
    }
}
