extension Host {
  /// The command line asks.
  mutating func control(_ request: RequestID, _ body: ControlRequest) {
    switch body {
    case .status: survey(.status(request))
    case .load: survey(.load(request))
    case .sessions(let before, let limit, let includeHidden):
      _ = ask(
        .sessions(before: before, limit: limit, includeHidden: includeHidden),
        for: .control(request))
    case .history(let session, let limit):
      _ = ask(.session(session), for: .controlHistory(request, session, limit: limit))
    case .command(.key(let key), let command): arrive(command, from: request, at: key)
    case .command(.session(let session), let command):
      _ = ask(.session(session), for: .controlTarget(request, command))
    case .backfill(let instance, let session, let isDryRun):
      backfill(instance, session, isDryRun: isDryRun, request)
    case .detach(let id): detach(id, request)
    case .recall(let query, let target, let instance):
      viewRecall(query, target, instance, request)
    case .retryBatch(let id): retryBatch(id, request)
    case .dropBatch(let id): dropBatch(id, request)
    case .batches(let instance, let status, let limit):
      listBatches(instance, status, limit: limit, request)
    case .explain(let session): explain(session, request)
    case .startPlugin(let instance): startPlugin(instance, request)
    case .stopPlugin(let instance):
      let isRunning = plugins[instance]?.lifecycle.isRunning ?? false
      stopPlugin(instance)
      effects.append(
        .answer(
          request,
          isRunning
            ? .done("Plugin \(instance) stops.") : .refused("Plugin \(instance) is not running.")))
    case .locks: effects.append(.answer(request, .locks(lockReport())))
    case .breakLock(let session): breakLock(session, request)
    case .events, .exportDiagnostics:
      // Both are the business of the process around the rules.
      effects.append(.answer(request, .refused("This host keeps no record of its events.")))
    case .stop:
      effects.append(.answer(request, .done("The host stops.")))
      beginStop()
    }
  }

  mutating func answeredControl(_ reading: Reading, _ answer: JournalAnswer) {
    switch (reading, answer) {
    case (.control(let request), .sessions(let listings)):
      effects.append(.answer(request, .sessions(listings)))
    case (.control(let request), .cuts(let cuts)):
      // Attempts that changed nothing are no rows.
      let known = cuts.map { cut in
        let open = providers[cut.enrolment]?.backlogs[cut.session]?.cut?.record
        return open?.id == cut.id ? open ?? cut : cut
      }
      effects.append(.answer(request, .batches(known)))
    case (
      .backfillTarget(let request, let targets, let id, let isDryRun), .session(let session, _, _)
    ):
      backfill(session, id, of: targets, isDryRun: isDryRun, request)
    case (.backfillCount(let request, let count), .backfillPage(let page)):
      self.count(count, with: page, for: request)
    case (.view(let question), .sessions(let listings)):
      viewRecall(question, of: listings.first?.session)
    case (.view(let question), .session(let session, _, _)): viewRecall(question, of: session)
    case (.view(let question), .place(let record)): viewRecall(question, of: record.session)
    case (.explain(let request, let id), .session(let session, let holder, _)):
      explain(id, session, boundTo: holder, request)
    case (.controlTarget(let request, let command), .session(let session, let holder, _)):
      direct(command, to: session, boundTo: holder, request)
    case (.controlHistory(let request, let id, let limit), .session(let session, let holder, _)):
      guard let session, !session.isDeleted else {
        effects.append(.answer(request, .refused("There is no session \(id).")))
        return
      }
      let listing = SessionListing(session: session, boundKey: holder, turnCount: 0)
      _ = ask(.history(id, limit: limit), for: .controlTurns(request, listing))
    case (.controlTurns(let request, var listing), .turns(let turns)):
      listing.turnCount = turns.count
      effects.append(.answer(request, .history(listing, turns)))
    default: log(.error, "host: the journal answered something else than was asked")
    }
  }

  private mutating func direct(
    _ command: ChatCommand, to session: SessionRecord?, boundTo holder: SessionKey?,
    _ request: RequestID
  ) {
    guard let session, !session.isDeleted else {
      effects.append(
        .answer(request, .refused("There is no such session; `holdfast sessions list` shows them."))
      )
      return
    }
    if let holder {
      arrive(command, from: request, at: holder)
    } else if case .delete = command {
      arrive(.delete(session.id), from: request, at: session.key)
    } else {
      effects.append(
        .answer(
          request,
          .refused(
            "Session \(session.id) is not current anywhere; `holdfast sessions resume` makes it so."
          )))
    }
  }

  // MARK: Dead letters

  private func holder(of cut: Int64) -> (EnrolmentID, SessionID)? {
    for (id, provider) in providers {
      for (session, backlog) in provider.backlogs
      where backlog.parked.contains(where: { $0.id == cut }) {
        return (id, session)
      }
    }
    return nil
  }

  private mutating func retryBatch(_ cut: Int64, _ request: RequestID) {
    guard let (id, session) = holder(of: cut) else {
      effects.append(.answer(request, .refused("There is no parked batch \(cut).")))
      return
    }
    guard let rows = providers[id]?.retryParked(cut, of: session, at: now) else {
      effects.append(
        .answer(
          request,
          .refused("Another batch of session \(session) is being sent; try again when it is done.")
        ))
      return
    }
    write(rows, for: id, session)
    consider(id, session)
    afterCommit.append(.answer(request, .done("Batch \(cut) is sent again.")))
  }

  private mutating func dropBatch(_ cut: Int64, _ request: RequestID) {
    guard let (id, session) = holder(of: cut) else {
      effects.append(.answer(request, .refused("There is no parked batch \(cut).")))
      return
    }
    write(providers[id]?.change(session) { $0.dropParked(cut) } ?? [], for: id, session)
    consider(id, session)
    afterCommit.append(.answer(request, .done("Batch \(cut) is given up.")))
  }

  private mutating func listBatches(
    _ instance: InstanceID, _ status: CutStatus, limit: Int, _ request: RequestID
  ) {
    let known = enrolments(of: instance)
    guard !known.isEmpty else {
      effects.append(
        .answer(request, .refused("“\(instance)” is no memory provider that was ever loaded.")))
      return
    }
    _ = ask(.cuts(known, status, limit: limit), for: .control(request))
  }

  private mutating func startPlugin(_ instance: InstanceID, _ request: RequestID) {
    guard let plugin = plugins[instance] else {
      effects.append(
        .answer(request, .refused("There is no plugin “\(instance)” in the configuration.")))
      return
    }
    guard !plugin.lifecycle.isRunning else {
      effects.append(.answer(request, .done("Plugin \(instance) is running.")))
      return
    }
    load(instance)
    effects.append(.answer(request, .done("Plugin \(instance) is being loaded.")))
  }
}
