//! Whose turn it is: companies take turns, within a company its campaigns by weight. Owns the order; refuses to know tasks
//! and rows: admission tells it what may be called and stores what it says.
//!
//! Start-time fair queueing. Each slot moves the pass of whoever got it on by 1 / weight, and the lowest pass is served
//! next, so shares follow the weights to within one slot however many slots come back at a time. Who had nothing to call
//! for a while begins where the others are: nobody saves turns up. Before that: nobody gets a slot while somebody else,
//! with that slot, would still have no more calls in progress for his weight. So the slots themselves are shared too: who
//! comes late, or whose calls are short, need not wait until the long calls of others end.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

/// A campaign that may take slots now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Campaign {
    /// Place of its company in [`Turns::companies`].
    pub company: usize,
    /// Calls that people ask for one by one go before lists.
    pub is_direct: bool,
    /// 1..=100.
    pub weight: i32,
    /// Calls of it in progress.
    pub live: i32,
    /// Slots that its limits leave.
    pub free: i32,
    /// Slots taken divided by its weight, on the scale of its company.
    pub pass: f64,
}

/// A company that may take slots now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Company {
    /// Calls of it in progress.
    pub live: i32,
    /// Slots that its limits leave.
    pub free: i32,
    /// Slots taken, on the scale of all companies.
    pub pass: f64,
    /// Where the turns of its campaigns have got to.
    pub turn: f64,
}

/// Whose turn it is, at one admission.
#[derive(Debug, Clone, PartialEq)]
pub struct Turns {
    turn: f64,
    companies: Vec<Company>,
    campaigns: Vec<Campaign>,
}

/// A company in its place in the order; the least is served first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Next {
    live: i32,
    pass: f64,
    at: usize,
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        self.live.cmp(&other.live).then(self.pass.total_cmp(&other.pass)).then(self.at.cmp(&other.at))
    }
}

impl Campaign {
    fn weight(&self) -> f64 {
        f64::from(self.weight.max(1))
    }
}

impl Turns {
    /// The companies and their campaigns; `turn` is where the turns of the companies have got to. Who was left behind
    /// begins there.
    #[must_use]
    pub fn new(turn: f64, mut companies: Vec<Company>, mut campaigns: Vec<Campaign>) -> Self {
        for company in &mut companies {
            company.pass = company.pass.max(turn);
        }
        for campaign in &mut campaigns {
            campaign.pass = campaign.pass.max(companies[campaign.company].turn);
        }
        Self { turn, companies, campaigns }
    }

    /// Where the turns of the companies have got to.
    #[must_use]
    pub fn turn(&self) -> f64 {
        self.turn
    }

    /// The companies, in the order given.
    #[must_use]
    pub fn companies(&self) -> &[Company] {
        &self.companies
    }

    /// The campaigns, in the order given.
    #[must_use]
    pub fn campaigns(&self) -> &[Campaign] {
        &self.campaigns
    }

    /// Who gets `slots`, as places in [`Self::campaigns`] with numbers of slots, in the order of their first turn. Changes
    /// nothing: a campaign may turn out to have fewer tasks ([`Self::take`]).
    #[must_use]
    pub fn plan(&self, slots: i32) -> Vec<(usize, i32)> {
        let mut plan = self.clone();
        let mut within = vec![Vec::new(); self.companies.len()];
        for (at, campaign) in self.campaigns.iter().enumerate() {
            within[campaign.company].push(at);
        }
        let next = |plan: &Self, at: usize| {
            let company = &plan.companies[at];
            Reverse(Next { live: company.live, pass: company.pass, at })
        };
        let mut among: BinaryHeap<Reverse<Next>> = (0..self.companies.len()).map(|at| next(self, at)).collect();
        let mut quotas = vec![0; self.campaigns.len()];
        let (mut order, mut given) = (Vec::new(), 0);
        while let Some(Reverse(Next { at: company, .. })) = among.pop() {
            if given >= slots {
                break;
            }
            if plan.companies[company].free <= 0 {
                continue;
            }
            let Some(at) = plan.next_of(&within[company]) else { continue };
            if quotas[at] == 0 {
                order.push(at);
            }
            quotas[at] += 1;
            given += 1;
            plan.take(at, 1);
            among.push(next(&plan, company));
        }
        order.into_iter().map(|at| (at, quotas[at])).collect()
    }

    /// The campaign of a company that is served next.
    fn next_of(&self, campaigns: &[usize]) -> Option<usize> {
        let waiting =
            || campaigns.iter().map(|at| (*at, &self.campaigns[*at])).filter(|(_, campaign)| campaign.free > 0);
        let direct = waiting().any(|(_, campaign)| campaign.is_direct);
        let waiting = || waiting().filter(|(_, campaign)| campaign.is_direct == direct);
        let with_one_more = |campaign: &Campaign| f64::from(campaign.live + 1) / campaign.weight();
        let least = waiting().map(|(_, campaign)| with_one_more(campaign)).fold(f64::INFINITY, f64::min);
        waiting()
            .filter(|(_, campaign)| f64::from(campaign.live) / campaign.weight() < least)
            .min_by(|(left, a), (right, b)| a.pass.total_cmp(&b.pass).then(left.cmp(right)))
            .map(|(at, _)| at)
    }

    /// Books slots that a campaign has taken.
    pub fn take(&mut self, at: usize, slots: i32) {
        if slots <= 0 {
            return;
        }
        let campaign = &mut self.campaigns[at];
        let company = &mut self.companies[campaign.company];
        let step = 1.0 / campaign.weight();
        campaign.free -= slots;
        campaign.live += slots;
        campaign.pass += f64::from(slots) * step;
        company.free -= slots;
        company.live += slots;
        company.pass += f64::from(slots);
        company.turn = company.turn.max(campaign.pass - step);
        self.turn = self.turn.max(company.pass - 1.0);
    }

    /// A campaign has no more tasks that are due.
    pub fn exhaust(&mut self, at: usize) {
        self.campaigns[at].free = 0;
    }

    /// The same with at most so many slots for each campaign.
    #[must_use]
    pub fn at_most(&self, slots: i32) -> Self {
        let mut few = self.clone();
        for campaign in &mut few.campaigns {
            campaign.free = campaign.free.min(slots);
        }
        few
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(free: i32) -> Company {
        Company { live: 0, free, pass: 0.0, turn: 0.0 }
    }

    fn campaign(company: usize, weight: i32, free: i32) -> Campaign {
        Campaign { company, is_direct: false, weight, live: 0, free, pass: 0.0 }
    }

    /// Companies with one campaign each that want so many, at most `limit` of them.
    fn companies(wants: &[i32], limit: i32) -> Turns {
        Turns::new(
            0.0,
            wants.iter().map(|_| company(limit)).collect(),
            wants.iter().enumerate().map(|(at, want)| campaign(at, 10, *want)).collect(),
        )
    }

    /// A call of a campaign ends.
    fn ended(turns: &mut Turns, at: usize) {
        turns.campaigns[at].live -= 1;
        turns.companies[turns.campaigns[at].company].live -= 1;
    }

    fn shares(turns: &Turns, slots: i32) -> Vec<i32> {
        let plan = turns.plan(slots);
        (0..turns.campaigns.len())
            .map(|at| plan.iter().find(|(planned, _)| *planned == at).map_or(0, |(_, slots)| *slots))
            .collect()
    }

    /// Requirements F4 and acceptance 61, 69.
    #[test]
    fn companies_take_turns() {
        assert_eq!(shares(&companies(&[5, 5, 5], 100), 10), [4, 3, 3]);
        assert_eq!(shares(&companies(&[10, 5, 3], 2), 10), [2, 2, 2], "four slots stay idle");
        assert_eq!(shares(&companies(&[5, 5], 2), 3), [2, 1]);
    }

    /// Acceptance 69: slots come back one at a time, always from the company that was served last; over 30 ends the shares
    /// differ by at most one.
    #[test]
    fn nobody_starves_while_slots_come_back() {
        let mut turns = companies(&[100, 100, 100], 100);
        let mut served = [0; 3];
        for _ in 0..30 {
            let (winner, slots) = turns.plan(1)[0];
            turns.take(winner, slots);
            ended(&mut turns, winner);
            served[winner] += 1;
        }
        assert_eq!(served, [10, 10, 10]);
    }

    /// The same one at a time and by weight: a light campaign is not starved by a heavy one.
    #[test]
    fn campaigns_of_a_company_share_by_weight() {
        let fresh = Turns::new(0.0, vec![company(1000)], vec![campaign(0, 30, 1000), campaign(0, 10, 1000)]);
        assert_eq!(shares(&fresh, 40), [30, 10], "three to one");
        let mut turns = fresh;
        let mut served = [0; 2];
        for n in 1..=40 {
            let (winner, _) = turns.plan(1)[0];
            turns.take(winner, 1);
            ended(&mut turns, winner);
            served[winner] += 1;
            assert!((f64::from(served[0]) - f64::from(n) * 0.75).abs() <= 1.0, "{served:?} after {n}");
        }
        assert_eq!(served, [30, 10]);
    }

    /// W4: a small company that comes late is served at once, and does not make up for the time before.
    #[test]
    fn a_whale_does_not_starve_a_small_company() {
        let mut turns = companies(&[1_000_000, 0], 1000);
        turns.take(0, 90);
        turns.campaigns[1].free = 5;
        assert_eq!(shares(&turns, 10), [5, 5], "it has fewer calls in progress");
        (turns.companies[0].live, turns.campaigns[0].live) = (0, 0);
        turns.campaigns[1].free = 1000;
        let turns = Turns::new(turns.turn, turns.companies, turns.campaigns);
        assert_eq!(shares(&turns, 10), [5, 5], "with equally few they take turns");
    }

    /// Acceptance 70: a direct call goes before any list of its company.
    #[test]
    fn direct_calls_go_before_lists() {
        let mut turns = companies(&[10, 10], 100);
        turns.campaigns.push(Campaign { is_direct: true, pass: 99.0, ..campaign(1, 10, 2) });
        assert_eq!(shares(&turns, 4), [2, 0, 2]);
        assert_eq!(shares(&turns, 6), [3, 1, 2]);
    }

    /// Whose calls are short keeps the slots that its weight gives it beside one whose calls never end.
    #[test]
    fn a_campaign_with_short_calls_keeps_its_slots() {
        let campaigns = vec![campaign(0, 10, 1000), campaign(0, 10, 1000)];
        let mut turns = Turns::new(0.0, vec![company(1000)], campaigns);
        for (at, slots) in turns.plan(6) {
            turns.take(at, slots);
        }
        for _ in 0..10 {
            ended(&mut turns, 1);
            assert_eq!(turns.plan(1), [(1, 1)]);
            turns.take(1, 1);
        }
    }

    #[test]
    fn what_a_campaign_does_not_take_goes_to_others() {
        let mut turns = companies(&[10, 10], 100);
        assert_eq!(turns.plan(4), [(0, 2), (1, 2)]);
        turns.take(0, 2);
        turns.exhaust(1);
        assert_eq!(turns.plan(2), [(0, 2)]);
        turns.exhaust(0);
        assert_eq!(turns.plan(2), []);
    }
}
