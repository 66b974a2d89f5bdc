/// Who holds a state, for whoever gets no answer from there.
public enum HostHolder {
  /// The process that the state's lock names, nil if it names none.
  public static func pid(stateFolder: String) -> Int32? {
    let pid = HostLockContent(file: stateFolder + "/host.lock").pid
    return pid > 0 ? pid : nil
  }
}
