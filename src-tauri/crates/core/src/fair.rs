//! Whose turn it is: companies take turns, within a company its campaigns by weight. Owns the order; refuses to know tasks
//! and rows: admission tells it what may be called and stores what it says.
//!
//! Start-time fair queueing. Each slot moves the pass of whoever got it on by 1 / weight, and the lowest pass is served
//! next, so shares follow the weights to within one slot however many slots come back at a time. Who had nothing to call
//! for a while begins where the others are: nobody saves turns up. A company with fewer calls in progress goes before one
//! with more, so that one that comes late need not wait until the long calls of the others end.

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
    /// Where the turns of the companies have got to.
    pub turn: f64,
    /// The companies.
    pub companies: Vec<Company>,
    /// Their campaigns.
    pub campaigns: Vec<Campaign>,
}

/// What is served next, the greatest first, as a heap wants it.
#[derive(Debug, Clone, Copy)]
struct Next<K> {
    key: K,
    at: usize,
}

impl<K: PartialOrd> PartialEq for Next<K> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<K: PartialOrd> Eq for Next<K> {}

impl<K: PartialOrd> PartialOrd for Next<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: PartialOrd> Ord for Next<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        let keys = self.key.partial_cmp(&other.key).unwrap_or(Ordering::Equal);
        keys.then_with(|| self.at.cmp(&other.at))
    }
}

type Heap<K> = BinaryHeap<Reverse<Next<K>>>;

impl Turns {
    fn step(campaign: &Campaign) -> f64 {
        1.0 / f64::from(campaign.weight.max(1))
    }

    /// The key of a campaign within its company: direct calls first, then the pass.
    fn key(&self, campaign: &Campaign) -> (bool, f64) {
        (!campaign.is_direct, campaign.pass.max(self.companies[campaign.company].turn))
    }

    /// Who gets `slots`, as places in [`Self::campaigns`] with numbers of slots, in the order of their first turn. Changes
    /// nothing: a campaign may turn out to have fewer tasks ([`Self::take`]).
    #[must_use]
    pub fn plan(&self, slots: i32) -> Vec<(usize, i32)> {
        let mut plan = self.clone();
        let mut within: Vec<Heap<(bool, f64)>> = self.companies.iter().map(|_| BinaryHeap::new()).collect();
        for (at, campaign) in self.campaigns.iter().enumerate().filter(|(_, campaign)| campaign.free > 0) {
            within[campaign.company].push(Reverse(Next { key: self.key(campaign), at }));
        }
        let key = |company: &Company, turn: f64| (company.live, company.pass.max(turn));
        let mut among: Heap<(i32, f64)> = self
            .companies
            .iter()
            .enumerate()
            .filter(|(at, company)| company.free > 0 && !within[*at].is_empty())
            .map(|(at, company)| Reverse(Next { key: key(company, self.turn), at }))
            .collect();
        let mut quotas = vec![0; self.campaigns.len()];
        let mut order = Vec::new();
        for _ in 0..slots.max(0) {
            let Some(Reverse(company)) = among.pop() else { break };
            let Some(Reverse(next)) = within[company.at].pop() else { continue };
            if quotas[next.at] == 0 {
                order.push(next.at);
            }
            quotas[next.at] += 1;
            plan.take(next.at, 1);
            let campaign = &plan.campaigns[next.at];
            if campaign.free > 0 {
                within[company.at].push(Reverse(Next { key: plan.key(campaign), at: next.at }));
            }
            let served = &plan.companies[company.at];
            if served.free > 0 && !within[company.at].is_empty() {
                among.push(Reverse(Next { key: key(served, plan.turn), at: company.at }));
            }
        }
        order.into_iter().map(|at| (at, quotas[at])).collect()
    }

    /// Books slots that a campaign has taken.
    pub fn take(&mut self, at: usize, slots: i32) {
        let campaign = &mut self.campaigns[at];
        let company = &mut self.companies[campaign.company];
        let (slots, step) = (slots.max(0), Self::step(campaign));
        if slots == 0 {
            return;
        }
        campaign.free -= slots;
        campaign.pass = campaign.pass.max(company.turn) + f64::from(slots) * step;
        company.free -= slots;
        company.live += slots;
        company.pass = company.pass.max(self.turn) + f64::from(slots);
        company.turn = company.turn.max(campaign.pass - step);
        self.turn = self.turn.max(company.pass - 1.0);
    }

    /// A campaign has no more tasks that are due.
    pub fn exhaust(&mut self, at: usize) {
        self.campaigns[at].free = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(free: i32) -> Company {
        Company { live: 0, free, pass: 0.0, turn: 0.0 }
    }

    fn campaign(company: usize, weight: i32, free: i32) -> Campaign {
        Campaign { company, is_direct: false, weight, free, pass: 0.0 }
    }

    /// Companies with one campaign each that want so many, at most `limit` of them.
    fn companies(wants: &[i32], limit: i32) -> Turns {
        Turns {
            turn: 0.0,
            companies: wants.iter().map(|_| company(limit)).collect(),
            campaigns: wants.iter().enumerate().map(|(at, want)| campaign(at, 10, *want)).collect(),
        }
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
            turns.companies[winner].live -= 1;
            served[winner] += 1;
        }
        assert_eq!(served, [10, 10, 10]);
    }

    /// The same one at a time and by weight: a light campaign is not starved by a heavy one.
    #[test]
    fn campaigns_of_a_company_share_by_weight() {
        let fresh = Turns {
            turn: 0.0,
            companies: vec![company(1000)],
            campaigns: vec![campaign(0, 30, 1000), campaign(0, 10, 1000)],
        };
        assert_eq!(shares(&fresh, 40), [30, 10], "three to one");
        let mut turns = fresh;
        let mut served = [0; 2];
        for n in 1..=40 {
            let (winner, _) = turns.plan(1)[0];
            turns.take(winner, 1);
            turns.companies[0].live -= 1;
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
        turns.companies[0].live = 0;
        turns.campaigns[1].free = 1000;
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
