/// Why a study can't be made.
public enum StudyError: Error, Sendable, Equatable {
  /// The model, the options and the images do not go together.
  case invalid(String)
  /// What an earlier study left in a folder is not what this one would write there.
  case otherStudy(folder: String, what: String)
  /// What an earlier study left in a folder does not have the fp32 logits that this one finds.
  case otherLogits(String)
  /// A file of a study can't be read: the file, and why.
  case unreadable(file: String, why: String)
}

extension StudyError: CustomStringConvertible {
  /// The fault in words.
  public var description: String {
    switch self {
    case .invalid(let why): why
    case .otherStudy(let folder, let what):
      "\(folder): holds a study of another \(what); give another --out, or leave --resume out to "
        + "start anew"
    case .otherLogits(let folder):
      "\(folder): was made with other instructions or another version, whose fp32 logits differ; leave "
        + "--resume out to start anew"
    case .unreadable(let file, let why): "\(file): \(why)"
    }
  }
}
