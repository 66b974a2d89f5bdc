/// Every statement that is prepared, by what it does.
enum SQL: Int, CaseIterable {
  // Transactions
  case begin, beginReading, commit, rollback, savepoint, release, rollbackTo
  // Guards
  case tail, binding, isAccepted
  // Sessions
  case openSession, openTail, bind, endSession, reopenSession, limitShared, compact, deleteSession
  // Purging
  case markPurged, branchOf, neededLimit, purgeTurns, removeTurns, removeSession, removeTail
  case unbindSession, purgeCursors, purgeWithdrawals, purgeCuts, purgeInputs, purgeReplies
  case purgeEvents, keepHighest
  // Messages
  case acceptInput, startInput, returnInput, settleInput, queueReply, settleReply, emit,
    advanceEvents
  case startTool, endTools
  case pruneInputs, pruneReplies, inputPage, replyPage
  // Turns
  case appendTurn, moveTail, withdrawTurns, shrinkTail
  // Debts
  case enrol, detach, detachCursors, detachWithdrawals, detachCuts, setCursor, openCut, settleCut
  case oweWithdrawal, settleWithdrawals, markWithdrawals
  // Questions
  case session, branch, boundKey, sessionsListed, sessionsAll, sessionsOfUser, sessionsOfGroup,
    visibleTurns
  case turnsBetween, events, turnEvents, cutsSettled, cutsUnsettled, cutsHolding, enrolmentsOfAgent
  // Debts as read
  case cursor, unsettledCuts, withdrawalsOf, pendingTurns, owingCursors
  // Starting
  case highest, enrolments, waitingInputs, toolCalls, undeliveredReplies, eventCursors

  /// The statement.
  var text: String { writing ?? reading }
}
