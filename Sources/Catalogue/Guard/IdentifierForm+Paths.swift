// SPDX-License-Identifier: Apache-2.0

extension IdentifierForm {
    /// Names that cameras give: `IMG_4021`.
    private mutating func isPicture() -> Bool {
        pieceCount > 1 && pieces[0].traits.contains(.camera) && pieces[1].isNumber
            && pieces[1].count > 2
    }

    /// The name of a file: an ending after the last dot, or before the number of a rotated one.
    mutating func looksLikeFile() -> Bool {
        guard hasLastLabel() else { return isPicture() }
        var index = pieceCount - 1
        while index > 1, pieces[index].isNumber, pieces[index].separator == 0x2E { index -= 1 }
        let piece = pieces[index]
        guard piece.separator == 0x2E else { return false }
        if piece.traits.contains(.file) { return true }
        return piece.traits.contains(.perhapsFile) && !namesAType() && !isMixedCase(piece)
            && !(piece.count == 1 && isUpper(piece.start)) && !isFormat(piece)
    }

    /// `IO.HTML`: a format, shouted behind two capitals.
    private mutating func isFormat(_ piece: Piece) -> Bool {
        piece.start == 3 && isShouted(0..<piece.end)
    }

    /// A path with separators that the grammar lets through.
    mutating func looksLikePath() -> Bool {
        if endsOpen(), count > 2, lower[count - 1] == 0x2E, isSeparator(count - 2) { return true }
        for index in 0..<pieceCount {
            let piece = pieces[index]
            if piece.isSpaced {
                // `C__Users`: a drive.
                if index == 1, namesDrive() { return true }
                // A file that is hidden, or two steps up.
                if piece.separator == 0x2E { return true }
            }
            guard index + 1 < pieceCount else { break }
            let next = pieces[index + 1].traits
            if piece.traits.contains(.home), hasFolder(after: index) { return true }
            if index == 0, isSystemFolder(piece, before: pieces[1]) { return true }
            if piece.traits.contains(.systemFolder), index < 2, next.contains(.inSystemFolder) {
                return true
            }
            if index < 2, piece.count == 1, piece.hexLetters == 1, next.contains(.inDrive) {
                return true
            }
            if piece.traits.contains(.key), next.contains(.keyKind) { return true }
        }
        return false
    }

    /// `etc_ssl`, and `proc_4711_cmdline`.
    private mutating func isSystemFolder(_ piece: Piece, before next: Piece) -> Bool {
        piece.traits.contains(.onlySystemFolder)
            || (piece.traits.contains(.systemFolder) && next.isNumber && next.count > 2)
    }

    /// A letter with two separators behind, where `:\` stood.
    private mutating func namesDrive() -> Bool {
        guard pieces[0].count == 1 else { return false }
        return pieces[1].traits.contains(.inDrive)
            || (isUpper(0) && isUpper(pieces[1].start))
    }

    /// `home_anna_documents`. What follows at once needs a dot, as `user_config` has none.
    private mutating func hasFolder(after index: Int) -> Bool {
        (index + 1..<pieceCount).contains { place in
            pieces[place].traits.contains(.folder)
                && (place > index + 1 || pieces[place].separator == 0x2E)
        }
    }
}
