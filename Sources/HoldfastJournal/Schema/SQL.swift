/// Every statement that is prepared, by what it does.
enum SQL: Int, CaseIterable {
  // Transactions
  case begin, beginReading, commit, rollback, savepoint, release, rollbackTo
  // Guards
  case tail, binding, isAccepted, hostToken, raiseHostToken
  // Sessions
  case openSession, openTail, bind, endSession, reopenSession, limitShared, compact, deleteSession
  case raiseToken, setQueueMode
  // Purging
  case markPurged, branchOf, neededLimit, purgeTurns, removeTurns, removeSession, removeTail
  case unbindSession, purgeCursors, purgeWithdrawals, purgeCuts, purgeInputs, purgeReplies
  case purgeEvents, purgeArrears, keepHighest
  // Messages
  case acceptInput, startInput, returnInput, settleInput, queueReply, settleReply, emit,
    advanceEvents
  case startTool, endTools
  case pruneInputs, pruneReplies, pruneEvents, pruneCuts
  case inputPage, replyPage, eventPage, cutPage
  // Turns
  case appendTurn, moveTail, withdrawTurns, shrinkTail
  // Debts
  case enrol, detach, detachCursors, detachWithdrawals, detachCuts, setCursor, openCut, settleCut
  case oweWithdrawal, settleWithdrawals, markWithdrawals
  case removeSpans, addSpan, setArrears, removeArrears, detachArrears, setBackfill, endBackfill
  // Questions
  case session, branch, place, boundKey, sessionsListed, sessionsAll, sessionsOfUser,
    sessionsOfGroup,
    visibleTurns
  case turnsBetween, events, turnEvents, cutsSettled, cutsUnsettled, cutsHolding, enrolmentsOfAgent
  // Debts as read
  case cursor, unsettledCuts, withdrawalsOf, pendingTurns, owingCursors, spansOf, arrearsOf
  case liveTurnsBetween, turnsBehind, turnsOfSessionBehind
  // Starting
  case highest, enrolments, backfills, setAside, unknownReplies, waitingInputs, toolCalls,
    undeliveredReplies, eventCursors

  /// The statement.
  var text: String { writing ?? reading }
}
